using System.Text;
using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>
/// A string of any of the four forms. Besides its value it knows where each part of the value stands in the source,
/// so that what another parser says about line N of it (nft, about extraFirewallRules) can point into the file.
/// </summary>
public sealed class TomlString : TomlNode
{
    private readonly TomlStringMark[] _marks;

    /// <param name="marks">
    /// Where the value and its source stop going in step, in rising order; the first is the value's beginning.
    /// </param>
    internal TomlString(SourceSpan span, string value, TomlStringMark[] marks)
        : base(span) => (Value, _marks) = (value, marks);

    /// <summary>The decoded text. Line ends of a multi-line string are LF, whatever the file has.</summary>
    public string Value { get; }

    public override string Describe() => "a string";

    /// <summary>
    /// The source of one character: <paramref name="byteIndex"/> (from 0) counts UTF-8 bytes in line
    /// <paramref name="lineIndex"/> (from 0), as nft's own scanner does. Both are held within the value: parsers report an
    /// unexpected end of file past its last line.
    /// </summary>
    public SourceSpan SpanAtByte(int lineIndex, int byteIndex)
    {
        var at = StartOfLine(lineIndex);
        var bytes = 0;
        foreach (var rune in Value.AsSpan(at).EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (rune.Value == '\n' || bytes > byteIndex)
            {
                return SpanOf(at, rune.Value == '\n' ? 0 : rune.Utf16SequenceLength);
            }

            at += rune.Utf16SequenceLength;
        }

        return SpanOf(at, 0);
    }

    /// <summary>
    /// The source of <paramref name="length"/> UTF-16 units of <see cref="Value"/> from <paramref name="index"/>,
    /// both held within the value. Escapes and line-ending backslashes between the two ends are part of it.
    /// </summary>
    internal SourceSpan SpanOf(int index, int length)
    {
        index = Math.Clamp(index, 0, Value.Length);
        length = Math.Clamp(length, 0, Value.Length - index);
        var (start, line, column) = Locate(index, isEnd: false);
        // An end is found from the text before it, or a line-ending backslash after it would be counted in.
        var end = length == 0 ? start : Locate(index + length, isEnd: true).Offset;
        return new SourceSpan(Span.Source, line, column, start, Math.Max(0, end - start));
    }

    private int StartOfLine(int lineIndex)
    {
        var start = 0;
        for (; lineIndex > 0; lineIndex--)
        {
            var end = Value.IndexOf('\n', start);
            if (end < 0)
            {
                return Value.Length;
            }

            start = end + 1;
        }

        return start;
    }

    private (int Offset, int Line, int Column) Locate(int index, bool isEnd)
    {
        var mark = _marks[0];
        foreach (var candidate in _marks)
        {
            if (candidate.Index > index || (isEnd && candidate.Index == index && candidate.IsJump))
            {
                break;
            }

            mark = candidate;
        }

        var (offset, column) = (mark.Offset, mark.Column);
        foreach (var rune in Value.AsSpan(mark.Index, index - mark.Index).EnumerateRunes())
        {
            offset += rune.Utf8SequenceLength;
            column++;
        }

        return (offset, mark.Line, column);
    }
}

/// <summary>UTF-16 unit <paramref name="Index"/> of a string's value is at this place of the source.</summary>
/// <param name="IsJump">True where source stands between it and the unit before that is in no unit's text.</param>
internal readonly record struct TomlStringMark(int Index, int Offset, int Line, int Column, bool IsJump);
