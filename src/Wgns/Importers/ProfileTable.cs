using Wgns.Configuration;
using Wgns.Diagnostics;

namespace Wgns.Importers;

/// <summary>Takes typed values out of one mapping of a profile. Dashes and underscores are one, as for wg-netns; a null is no value.</summary>
internal sealed class ProfileTable
{
    private readonly Draft _draft;
    private readonly Dictionary<string, (SourceSpan KeySpan, ProfileNode Value)> _entries = [];

    internal ProfileTable(Draft draft, ProfileMap map, string what, params IReadOnlyList<string> known)
    {
        (_draft, Span) = (draft, map.Span);
        foreach (var (key, span, value) in map.Entries)
        {
            var name = key.Replace('_', '-');
            if (!known.Contains(name))
            {
                var meant = Suggestion.For(name, known);
                draft.Error(span, $"{what} has no key \"{draft.Redacted(key)}\"", meant is null ? $"known here: {string.Join(", ", known)}" : $"did you mean {meant}?");
            }
            else if (!_entries.TryAdd(name, (span, value)))
            {
                draft.Error(span, $"\"{name}\" is there twice, once with a dash and once with an underscore");
            }
        }
    }

    internal SourceSpan Span { get; }

    internal bool Has(string key) => _entries.ContainsKey(key);

    internal SourceSpan KeySpanOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.KeySpan : Span;

    /// <summary>Null where it is not there or null.</summary>
    internal ProfileNode? Get(string key) =>
        _entries.TryGetValue(key, out var entry) && entry.Value is not ProfileScalar { IsNull: true } ? entry.Value : null;

    internal ProfileScalar? Scalar(string key) => Typed<ProfileScalar>(key, "a word or a number");

    internal bool Boolean(string key, bool fallback)
    {
        if (Scalar(key) is not { } scalar)
        {
            return fallback;
        }

        if (scalar.Boolean is { } value)
        {
            return value;
        }

        _draft.Error(scalar.Span, $"{key} is \"{_draft.Redacted(scalar.Text)}\"; it must be true or false");
        return fallback;
    }

    /// <summary>The words of a list; null where there is no list.</summary>
    internal List<(string Text, SourceSpan Span)>? Words(string key)
    {
        if (Typed<ProfileList>(key, "a list") is not { } list)
        {
            return null;
        }

        var words = new List<(string, SourceSpan)>();
        foreach (var item in list.Items)
        {
            if (item is ProfileScalar { IsNull: false } scalar)
            {
                words.Add((scalar.Text, scalar.Span));
            }
            else
            {
                _draft.Error(item.Span, $"{key} holds {item.Describe()}; each of its items must be a word");
            }
        }

        return words;
    }

    internal IEnumerable<ProfileMap> Maps(string key)
    {
        foreach (var item in Typed<ProfileList>(key, "a list")?.Items ?? [])
        {
            if (item is ProfileMap map)
            {
                yield return map;
            }
            else
            {
                _draft.Error(item.Span, $"{key} holds {item.Describe()}; each of its items must be a mapping");
            }
        }
    }

    private T? Typed<T>(string key, string wanted)
        where T : ProfileNode
    {
        var node = Get(key);
        if (node is not (null or T))
        {
            _draft.Error(node.Span, $"{key} is {node.Describe()}; it must be {wanted}");
        }

        return node as T;
    }
}
