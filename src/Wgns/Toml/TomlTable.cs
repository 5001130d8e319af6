using System.Diagnostics.CodeAnalysis;
using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>A key and its value.</summary>
public sealed class TomlEntry
{
    internal TomlEntry(string key, SourceSpan keySpan, TomlNode value) =>
        (Key, KeySpan, Value) = (key, keySpan, value);

    /// <summary>The key's text, unquoted; of a dotted key only this table's part.</summary>
    public string Key { get; }

    /// <summary>The place of that part, its quotes included.</summary>
    public SourceSpan KeySpan { get; internal set; }

    public TomlNode Value { get; }
}

/// <summary>Entries in the order of the document; the first mention of a key gives its place.</summary>
public sealed class TomlTable : TomlNode
{
    /// <summary>Below this many entries a walk beats a dictionary.</summary>
    private const int IndexFrom = 12;

    private readonly List<TomlEntry> _entries = [];
    private Dictionary<string, TomlEntry>? _index;

    internal TomlTable(SourceSpan span, TomlTableOrigin origin, int depth)
        : base(span) => (Origin, Depth) = (origin, depth);

    public IReadOnlyList<TomlEntry> Entries => _entries;

    /// <summary>What made the table, which decides who may still add to it.</summary>
    internal TomlTableOrigin Origin { get; set; }

    /// <summary>Levels below the root, which has 0.</summary>
    internal int Depth { get; }

    public override string Describe() => "a table";

    public bool TryGet(string key, [NotNullWhen(true)] out TomlEntry? entry)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(key, out entry);
        }

        foreach (var candidate in _entries)
        {
            if (string.Equals(candidate.Key, key, StringComparison.Ordinal))
            {
                entry = candidate;
                return true;
            }
        }

        entry = null;
        return false;
    }

    /// <summary>The value of <paramref name="key"/>, or null where there is none.</summary>
    public TomlNode? Get(string key) => TryGet(key, out var entry) ? entry.Value : null;

    internal void Add(TomlEntry entry)
    {
        _entries.Add(entry);
        if (_index is not null)
        {
            _index.Add(entry.Key, entry);
        }
        else if (_entries.Count >= IndexFrom)
        {
            _index = _entries.ToDictionary(e => e.Key, StringComparer.Ordinal);
        }
    }

    internal void SetSpan(SourceSpan span) => Span = span;
}

/// <summary>What made a table.</summary>
internal enum TomlTableOrigin
{
    Root,

    /// <summary><c>[header]</c>: a second one of the same name, or a dotted key into it, is an error.</summary>
    Header,

    /// <summary>An element of an array of tables, made by <c>[[header]]</c>.</summary>
    Element,

    /// <summary>Only named on the way, as a in <c>[a.b]</c>: one <c>[a]</c> may still define it.</summary>
    Implicit,

    /// <summary>Named on the way by a dotted key: further dotted keys may add, a header may not.</summary>
    Dotted,

    /// <summary><c>{ … }</c>: closed for good.</summary>
    Inline,
}
