using System.Text;
using Wgns.Diagnostics;

namespace Wgns.Importers;

/// <summary>A text with the places of its characters: lines and columns from 1, offsets in UTF-8 bytes.</summary>
internal sealed class SourceText
{
    private readonly List<(int Index, int Offset)> _lines = [(0, 0)];

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
        var before = Text.AsSpan(_lines[line].Index, start - _lines[line].Index);
        var column = 1;
        foreach (var _ in before.EnumerateRunes())
        {
            column++;
        }

        return new SourceSpan(
            Name, line + 1, column, _lines[line].Offset + Encoding.UTF8.GetByteCount(before), Encoding.UTF8.GetByteCount(Text.AsSpan(start, length)));
    }

    /// <summary>By line and column from 1, as another parser counts them; held within the text.</summary>
    internal SourceSpan At(long line, long column)
    {
        var index = (int)Math.Clamp(line - 1, 0, _lines.Count - 1);
        var (start, length) = Line(index);
        return Span(start + (int)Math.Clamp(column - 1, 0, length), 1);
    }
}
