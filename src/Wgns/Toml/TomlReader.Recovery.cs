namespace Wgns.Toml;

/// <summary>Where to read on after a bad element of an array.</summary>
internal ref partial struct TomlReader
{
    private readonly bool StandsFirstOnLine()
    {
        var before = _text[.._at].TrimEnd(" \t"u8);
        return before.Length == 0 || before[^1] == '\n';
    }

    /// <summary>
    /// Whether a line begins here that can only be a statement: a [header] or a bare key with its =. Then an array
    /// before it was left open, and reading on from here finds the errors that are left.
    /// </summary>
    private readonly bool BeginsStatement()
    {
        if (!StandsFirstOnLine())
        {
            return false;
        }

        var at = _at;
        while (at < _text.Length && (IsBareKey(_text[at]) || _text[at] is (byte)'.' or (byte)' ' or (byte)'\t'))
        {
            at++;
        }

        return at < _text.Length && (_text[at] == '[' ? IsHeader(_text[at..]) : at > _at && _text[at] == '=');
    }

    /// <summary>
    /// Whether a line's rest is a header and nothing that an array may hold: a name without quotes between its brackets, and no
    /// comma behind them. A name in quotes, or of digits, may be an element's value.
    /// </summary>
    private static bool IsHeader(ReadOnlySpan<byte> text)
    {
        var line = text.IndexOf((byte)'\n') is >= 0 and var end ? text[..end] : text;
        line = (line.IndexOf((byte)'#') is >= 0 and var comment ? line[..comment] : line).TrimEnd(" \t\r"u8);
        var brackets = line is [(byte)'[', (byte)'[', ..] ? 2 : 1;
        if (line.Length <= 2 * brackets || line[^brackets..].IndexOfAnyExcept((byte)']') >= 0)
        {
            return false;
        }

        var inside = line[brackets..^brackets].Trim(" \t"u8);
        var length = 0;
        while (length < inside.Length && IsBareKey(inside[length]))
        {
            length++;
        }

        var first = inside[..length];
        return length > 0 && (first[0] == '_' || char.IsAsciiLetter((char)first[0])) && inside.IndexOfAny((byte)',', (byte)'[', (byte)']') < 0
            && !(first.SequenceEqual("true"u8) || first.SequenceEqual("false"u8) || first.SequenceEqual("inf"u8) || first.SequenceEqual("nan"u8));
    }

    /// <summary>Past a bad element, to its comma, the array's end or the line's.</summary>
    private void SkipElement()
    {
        var level = 0;
        for (; _at < _text.Length && !IsNewline(_at); _at++)
        {
            switch (_text[_at])
            {
                case (byte)'"' or (byte)'\'':
                    SkipQuoted();
                    break;
                case (byte)'[' or (byte)'{':
                    level++;
                    break;
                case (byte)']' or (byte)'}' when level > 0:
                    level--;
                    break;
                case (byte)']' or (byte)',' when level == 0:
                case (byte)'#':
                    return;
            }
        }
    }

    /// <summary>To the closing quote, where it is on this line; else not at all.</summary>
    private void SkipQuoted()
    {
        var rest = _text[(_at + 1)..];
        var length = rest.IndexOfAny(_text[_at], (byte)'\n');
        if (length >= 0 && rest[length] == _text[_at])
        {
            _at += length + 1;
        }
    }
}
