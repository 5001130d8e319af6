using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>Looking, moving, and knowing the line and column.</summary>
internal ref partial struct TomlReader
{
    private readonly int Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : -1;

    private readonly bool IsNewline(int at) =>
        _text[at] == '\n' || (_text[at] == '\r' && at + 1 < _text.Length && _text[at + 1] == '\n');

    /// <summary>What TOML allows nowhere but escaped: every control character except the tab and line ends.</summary>
    private static bool IsControl(byte b) => b is (< 0x20 and not (byte)'\t') or 0x7F;

    private void SkipBlanks()
    {
        while (Peek() is ' ' or '\t')
        {
            _at++;
        }
    }

    private bool SkipNewline()
    {
        if (_at >= _text.Length || !IsNewline(_at))
        {
            return false;
        }

        _at += _text[_at] == '\r' ? 2 : 1;
        return true;
    }

    /// <summary>To the beginning of the next line.</summary>
    private void SkipLine()
    {
        var length = _text[_at..].IndexOf((byte)'\n');
        _at = length < 0 ? _text.Length : _at + length + 1;
    }

    private Place PlaceAt(int offset)
    {
        if (offset < _known.Offset)
        {
            // Only on the way to a diagnostic, of which there are few.
            var start = _text is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
            _known = new Place(start, 1, 1);
        }

        var (at, line, column) = _known;
        for (; at < offset; at++)
        {
            if (_text[at] == '\n')
            {
                line++;
                column = 1;
            }
            else if ((_text[at] & 0xC0) != 0x80)
            {
                column++;
            }
        }

        return _known = new Place(offset, line, column);
    }

    private readonly SourceSpan Span(Place start, int end) =>
        new(_source, start.Line, start.Column, start.Offset, Math.Max(0, end - start.Offset));

    private SourceSpan Span(int start, int end) => Span(PlaceAt(start), end);

    /// <summary>The character at the position; of no length at the end of the text.</summary>
    private SourceSpan Here()
    {
        var end = Math.Min(_at + 1, _text.Length);
        while (end < _text.Length && (_text[end] & 0xC0) == 0x80)
        {
            end++;
        }

        return Span(_at, end);
    }

    /// <summary>Reports; false, so that a caller can report and give up in one statement.</summary>
    private bool Fail(SourceSpan span, string message, string? hint = null)
    {
        if (_gaveUp)
        {
            return false;
        }

        _diagnostics.Add(Diagnostic.Error(span, message, hint));
        return _diagnostics.Count >= MaxDiagnostics && GiveUp(Here(), "too many errors");
    }

    /// <summary>Reports, and ends the reading.</summary>
    private bool GiveUp(SourceSpan span, string why)
    {
        if (!_gaveUp)
        {
            _diagnostics.Add(Diagnostic.Error(span, $"{why}; the rest of the file was not read"));
        }

        _gaveUp = true;
        _at = _text.Length;
        return false;
    }

    private bool FailControl(string where) =>
        Fail(
            Here(),
            $"the control character 0x{_text[_at]:x2} is not allowed {where}",
            _text[_at] == '\r' ? "a carriage return may stand only before a line feed" : null);

    private readonly record struct Place(int Offset, int Line, int Column);
}
