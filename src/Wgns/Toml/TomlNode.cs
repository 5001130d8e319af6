using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>A value of a TOML 1.0 document together with the place it was read from.</summary>
public abstract class TomlNode
{
    private protected TomlNode(SourceSpan span) => Span = span;

    /// <summary>
    /// The value's own text, without its key. A table made by a <c>[header]</c> has the header's span, one made by a
    /// dotted key that key's.
    /// </summary>
    public SourceSpan Span { get; private protected set; }

    /// <summary>The type with its article, as messages name it: "a string", "an integer".</summary>
    public abstract string Describe();
}

/// <summary>An integer: 64 bits with sign, as TOML 1.0 asks for; written in decimal, hexadecimal, octal or binary.</summary>
public sealed class TomlInteger : TomlNode
{
    internal TomlInteger(SourceSpan span, long value)
        : base(span) => Value = value;

    public long Value { get; }

    public override string Describe() => "an integer";
}

/// <summary>An IEEE 754 binary64 number, infinities and NaN included.</summary>
public sealed class TomlFloat : TomlNode
{
    internal TomlFloat(SourceSpan span, double value)
        : base(span) => Value = value;

    public double Value { get; }

    public override string Describe() => "a float";
}

/// <summary>true or false.</summary>
public sealed class TomlBoolean : TomlNode
{
    internal TomlBoolean(SourceSpan span, bool value)
        : base(span) => Value = value;

    public bool Value { get; }

    public override string Describe() => "a boolean";
}

/// <summary>
/// Stands where a value could not be read. Its error is in the document's diagnostics already, so who meets this node
/// says nothing more; it is here so that the key does not look missing.
/// </summary>
public sealed class TomlInvalid : TomlNode
{
    internal TomlInvalid(SourceSpan span)
        : base(span)
    {
    }

    public override string Describe() => "an invalid value";
}
