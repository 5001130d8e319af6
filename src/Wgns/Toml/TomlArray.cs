using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>An array, or the array of tables that <c>[[headers]]</c> make.</summary>
public sealed class TomlArray : TomlNode
{
    private readonly List<TomlNode> _items = [];

    internal TomlArray(SourceSpan span, bool isArrayOfTables = false)
        : base(span) => IsArrayOfTables = isArrayOfTables;

    public IReadOnlyList<TomlNode> Items => _items;

    /// <summary>True where it was written with <c>[[headers]]</c>, which alone may add to it.</summary>
    public bool IsArrayOfTables { get; }

    public override string Describe() => IsArrayOfTables ? "an array of tables" : "an array";

    internal void Add(TomlNode item) => _items.Add(item);

    /// <summary>A value's end is known only after its elements have been read.</summary>
    internal void SetSpan(SourceSpan span) => Span = span;
}
