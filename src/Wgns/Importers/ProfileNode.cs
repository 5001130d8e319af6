using Wgns.Diagnostics;

namespace Wgns.Importers;

/// <summary>A value of a JSON or YAML text with its place.</summary>
internal abstract record ProfileNode(SourceSpan Span)
{
    /// <summary>With its article, for messages.</summary>
    internal abstract string Describe();
}

/// <param name="IsPlain">Without quotes: then it may be a null, a boolean or a number.</param>
internal sealed record ProfileScalar(SourceSpan Span, string Text, bool IsPlain) : ProfileNode(Span)
{
    /// <summary>The nulls of JSON and of YAML 1.1, which is what wg-netns reads.</summary>
    internal bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");

    /// <summary>The booleans of both; null where it is none.</summary>
    internal bool? Boolean => !IsPlain ? null : Text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        _ => null,
    };

    internal override string Describe() => IsNull ? "null" : Boolean is not null ? "a boolean" : "a scalar";
}

internal sealed record ProfileList(SourceSpan Span, List<ProfileNode> Items) : ProfileNode(Span)
{
    internal override string Describe() => "a list";
}

/// <summary>Keys in the order of the text; none twice.</summary>
internal sealed record ProfileMap(SourceSpan Span, List<(string Key, SourceSpan KeySpan, ProfileNode Value)> Entries) : ProfileNode(Span)
{
    internal override string Describe() => "a mapping";
}
