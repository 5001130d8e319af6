using System.Text;
using Wgns.Diagnostics;

namespace Wgns.Importers;

/// <summary>A text with the places of its characters: lines and columns from 1, offsets in UTF-8 bytes.</summary>
internal sealed class SourceText
{
    private readonly List<(int Index, int Offset)> _lines = [(0, 0)];

    // Where the last place was: a line of a million words is not counted from its beginning for each of them.
    private (int Line, int Index, int Column, int Offset) _last = (-1, 0, 0, 0);

    internal SourceText(string name, string text)
    {
        (Name, Text) = (name, text);
        var offset = 0;
        for (var start = 0; text.IndexOf('\n', start) is >= 0 and var end; start = end + 1)
        {
            offset += Encoding.UTF8.GetByteCount(text.AsSpan(start, end + 1 - start));
            _lines.Add((end + 1, offset));
        }
    }

    internal string Name { get; }

    internal string Text { get; }

    internal int LineCount => _lines.Count;

    /// <summary>Where a line (from 0) begins, and its length without its line end.</summary>
    internal (int Start, int Length) Line(int line)
    {
        var start = _lines[line].Index;
        var end = line + 1 < _lines.Count ? _lines[line + 1].Index - 1 : Text.Length;
        return (start, end - start);
    }

    internal SourceSpan Span(int start, int length)
    {
        start = Math.Clamp(start, 0, Text.Length);
        length = Math.Clamp(length, 0, Text.Length - start);
        var line = _lines.BinarySearch((start, int.MaxValue));
        line = line < 0 ? ~line - 1 : line;
        var from = _last.Line == line && _last.Index <= start ? _last : (Line: line, _lines[line].Index, Column: 1, _lines[line].Offset);
        var before = Text.AsSpan(from.Index, start - from.Index);
        var column = from.Column;
        foreach (var _ in before.EnumerateRunes())
        {
            column++;
        }

        var offset = from.Offset + Encoding.UTF8.GetByteCount(before);
        if (start == Text.Length || !char.IsLowSurrogate(Text[start]))
        {
            _last = (line, start, column, offset);
        }

        return new SourceSpan(Name, line + 1, column, offset, Encoding.UTF8.GetByteCount(Text.AsSpan(start, length)));
    }

    /// <summary>By line and column from 1, as another parser counts them; held within the text.</summary>
    internal SourceSpan At(long line, long column)
    {
        var index = (int)Math.Clamp(line - 1, 0, _lines.Count - 1);
        var (start, length) = Line(index);
        return Span(start + (int)Math.Clamp(column - 1, 0, length), 1);
    }
}
