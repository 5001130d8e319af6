using System.Globalization;
using Wgns.Diagnostics;
using Wgns.Toml;

namespace Wgns.Configuration;

/// <summary>Takes typed values out of one table and says everything that is wrong with it.</summary>
internal sealed class TableReader
{
    private readonly TomlTable _table;
    private readonly List<Diagnostic> _diagnostics;

    internal TableReader(TomlTable table, string what, IReadOnlyList<string> known, List<Diagnostic> diagnostics)
    {
        (_table, _diagnostics) = (table, diagnostics);
        foreach (var entry in table.Entries.Where(e => !known.Contains(e.Key)))
        {
            // The keys of the top, written below the first [[peers]], are TOML's commonest trap.
            Error(entry.KeySpan, $"unknown key \"{entry.Key}\" in {what}", Cure(entry.Key, known));
        }
    }

    internal SourceSpan Span => _table.Span;

    internal bool Has(string key) => _table.Get(key) is not null;

    /// <summary>The value's place, or the table's where there is none.</summary>
    internal SourceSpan SpanOf(string key) => _table.Get(key)?.Span ?? _table.Span;

    internal SourceSpan KeySpanOf(string key) => _table.TryGet(key, out var entry) ? entry.KeySpan : _table.Span;

    internal void Error(SourceSpan span, string message, string? hint = null) =>
        _diagnostics.Add(Diagnostic.Error(span, message, hint));

    internal void Warning(SourceSpan span, string message, string? hint = null) =>
        _diagnostics.Add(Diagnostic.Warning(span, message, hint));

    internal bool IsEmptyList(string key) => _table.Get(key) is TomlArray { Items.Count: 0 };

    internal TomlString? String(string key) => Typed<TomlString>(key, "a string");

    internal bool Boolean(string key, bool fallback) => Typed<TomlBoolean>(key, "a boolean")?.Value ?? fallback;

    internal long? Integer(string key, long least, long most, string unit)
    {
        if (Typed<TomlInteger>(key, $"an integer of {least}-{most}") is not { } node)
        {
            return null;
        }

        if (node.Value >= least && node.Value <= most)
        {
            return node.Value;
        }

        Error(node.Span, string.Create(CultureInfo.InvariantCulture, $"{key} is {node.Value}; it must be {least}-{most}{unit}"));
        return null;
    }

    /// <summary>The text of a string, or of an integer, which a port may be written as.</summary>
    internal (string Text, SourceSpan Span)? PortOrString(string key)
    {
        var node = _table.Get(key);
        switch (node)
        {
            case TomlString text:
                return (text.Value, text.Span);
            case TomlInteger number:
                return (number.Value.ToString(CultureInfo.InvariantCulture), number.Span);
            case null or TomlInvalid:
                return null;
            default:
                Error(node.Span, $"{key} is {node.Describe()}; it must be a port or a string");
                return null;
        }
    }

    internal T? Choice<T>(string key, IReadOnlyDictionary<string, T> choices)
        where T : struct
    {
        if (String(key) is not { } node)
        {
            return null;
        }

        if (choices.TryGetValue(node.Value, out var choice))
        {
            return choice;
        }

        var meant = Suggestion.For(node.Value, choices.Keys);
        Error(
            node.Span,
            $"{key} is \"{node.Value}\"; it must be one of {string.Join(", ", choices.Keys.Select(k => $"\"{k}\""))}",
            meant is null ? null : $"did you mean \"{meant}\"?");
        return null;
    }

    /// <summary>The strings of a list; with <paramref name="orOne"/> a string alone is a list of one.</summary>
    internal IEnumerable<TomlString> Strings(string key, bool orOne = false)
    {
        switch (_table.Get(key))
        {
            case null or TomlInvalid:
                break;
            case TomlString one when orOne:
                yield return one;
                break;
            case TomlArray array:
                foreach (var item in Items<TomlString>(array, key, "a string"))
                {
                    yield return item;
                }

                break;
            case var other:
                var wanted = orOne ? "a string or a list of strings" : "a list of strings";
                Error(other.Span, $"{key} is {other.Describe()}; it must be {wanted}", other is TomlString ? "put it in [ ]" : null);
                break;
        }
    }

    internal TomlTable? Table(string key) => Typed<TomlTable>(key, "a table");

    /// <param name="hint">What one of them looks like.</param>
    internal IEnumerable<TomlTable> Tables(string key, string? hint = null)
    {
        switch (_table.Get(key))
        {
            case null or TomlInvalid:
                break;
            case TomlArray array:
                foreach (var item in Items<TomlTable>(array, key, "a table", hint))
                {
                    yield return item;
                }

                break;
            case var other:
                Error(
                    other.Span,
                    $"{key} is {other.Describe()}; it must be an array of tables",
                    other is TomlTable ? $"write [[{key}]] and not [{key}]" : hint);
                break;
        }
    }

    private IEnumerable<T> Items<T>(TomlArray array, string key, string wanted, string? hint = null)
        where T : TomlNode
    {
        foreach (var item in array.Items)
        {
            if (item is T found)
            {
                yield return found;
            }
            else if (item is not TomlInvalid)
            {
                Error(item.Span, $"{key} holds {item.Describe()}; each of its items must be {wanted}", hint);
            }
        }
    }

    private T? Typed<T>(string key, string wanted)
        where T : TomlNode
    {
        var node = _table.Get(key);
        if (node is not (null or T or TomlInvalid))
        {
            Error(node.Span, $"{key} is {node.Describe()}; it must be {wanted}");
        }

        return node as T;
    }

    private static string Cure(string key, IReadOnlyList<string> known) =>
        KnownKeys.PlaceOf(key) is { } place ? $"it stands {place}"
        : KnownKeys.OfWgQuick(key) is { } ours ? $"here it is \"{ours}\"{(known.Contains(ours) ? "" : $", {KnownKeys.PlaceOf(ours)}")}"
        : Suggestion.For(key, known) is { } meant ? $"did you mean \"{meant}\"?"
        : $"known here: {string.Join(", ", known)}";
}
