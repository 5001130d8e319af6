using System.Globalization;
using System.Text;

namespace Wgns.Toml;

/// <summary>The two forms of string on one line, and escapes.</summary>
internal ref partial struct TomlReader
{
    /// <summary><c>"…"</c>. A bad escape is reported and read over: the rest of the string is worth checking.</summary>
    private TomlString? ReadBasic(string what)
    {
        var start = PlaceAt(_at++);
        var content = _at;
        List<TomlStringMark>? marks = null;
        var run = _at;
        while (true)
        {
            switch (Peek())
            {
                case '"':
                    string value;
                    if (marks is null)
                    {
                        value = Encoding.UTF8.GetString(_text[content.._at]);
                    }
                    else
                    {
                        AppendRun(run);
                        value = TakeBuffer();
                    }

                    _at++;
                    return new TomlString(Span(start, _at), value, Marks(start, 1, marks));
                case '\\':
                    AppendRun(run);
                    ReadEscape();
                    run = _at;
                    (marks ??= []).Add(MarkHere(isJump: false));
                    break;
                default:
                    if (!ReadPlain(start, what))
                    {
                        _buffer.Clear();
                        return null;
                    }

                    break;
            }
        }
    }

    /// <summary><c>'…'</c></summary>
    private TomlString? ReadLiteral(string what)
    {
        var start = PlaceAt(_at++);
        while (Peek() != '\'')
        {
            if (!ReadPlain(start, what))
            {
                return null;
            }
        }

        var value = Encoding.UTF8.GetString(_text[(start.Offset + 1).._at++]);
        return new TomlString(Span(start, _at), value, Marks(start, 1, null));
    }

    /// <summary>One byte that stands for itself in a string on one line.</summary>
    private bool ReadPlain(Place start, string what)
    {
        if (_at >= _text.Length || IsNewline(_at))
        {
            return Fail(
                Span(start, _at), $"{what} is not closed on its line", $"a {(char)_text[start.Offset]} is missing");
        }

        if (IsControl(_text[_at]))
        {
            FailControl($"in {what}");
        }

        // After too many errors the position is the end already.
        _at = Math.Min(_at + 1, _text.Length);
        return true;
    }

    private readonly void AppendRun(int from)
    {
        if (from < _at)
        {
            _buffer.Append(Encoding.UTF8.GetString(_text[from.._at]));
        }
    }

    private readonly string TakeBuffer()
    {
        var value = _buffer.ToString();
        _buffer.Clear();
        return value;
    }

    private TomlStringMark MarkHere(bool isJump)
    {
        var place = PlaceAt(_at);
        return new TomlStringMark(_buffer.Length, place.Offset, place.Line, place.Column, isJump);
    }

    private static TomlStringMark[] Marks(Place start, int quotes, List<TomlStringMark>? rest)
    {
        var first = new TomlStringMark(0, start.Offset + quotes, start.Line, start.Column + quotes, false);
        return rest is null ? [first] : [first, .. rest];
    }

    /// <summary>A backslash and what it escapes, into the buffer.</summary>
    private void ReadEscape()
    {
        var escape = _at++;
        var c = Peek();
        switch (c)
        {
            case 'b':
                _buffer.Append('\b');
                break;
            case 't':
                _buffer.Append('\t');
                break;
            case 'n':
                _buffer.Append('\n');
                break;
            case 'f':
                _buffer.Append('\f');
                break;
            case 'r':
                _buffer.Append('\r');
                break;
            case '"':
            case '\\':
                _buffer.Append((char)c);
                break;
            case 'u':
                ReadCodePoint(escape, 4);
                return;
            case 'U':
                ReadCodePoint(escape, 8);
                return;
            default:
                // What follows stays where it is: it may be the line's end.
                var end = c < 0 || IsNewline(_at) ? _at : Here().Offset + Here().Length;
                Fail(
                    Span(escape, end),
                    "this is no escape of TOML 1.0",
                    "a backslash itself is \\\\, and in 'single quotes' it is an ordinary character");
                _buffer.Append('\uFFFD');
                return;
        }

        _at++;
    }

    private void ReadCodePoint(int escape, int digits)
    {
        _at++;
        var length = 0;
        while (length < digits && Peek(length) is >= 0 and < 128 and var b && char.IsAsciiHexDigit((char)b))
        {
            length++;
        }

        var hex = _text.Slice(_at, length);
        _at += length;
        if (length < digits)
        {
            Fail(Span(escape, _at), $"this escape wants {digits} hexadecimal digits");
        }
        else if (!Rune.TryCreate(uint.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), out var rune))
        {
            Fail(Span(escape, _at), "this escape is no Unicode scalar value", "0 to D7FF and E000 to 10FFFF are");
        }
        else
        {
            _buffer.Append(rune.ToString());
            return;
        }

        _buffer.Append('\uFFFD');
    }
}
