namespace Wgns.Diagnostics;

/// <summary>
/// A range of text in a named source. Lines and columns count from 1; a column is one Unicode scalar value, as
/// editors count. <see cref="Offset"/> and <see cref="Length"/> are UTF-8 bytes from the start of the source.
/// </summary>
public readonly record struct SourceSpan(string Source, int Line, int Column, int Offset, int Length)
{
    /// <summary>A span for what has no place in a text, such as a whole file: line 0.</summary>
    public static SourceSpan WholeOf(string source) => new(source, 0, 0, 0, 0);

    /// <summary><c>file:line:column</c>, the form that terminals and editors make clickable.</summary>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}
