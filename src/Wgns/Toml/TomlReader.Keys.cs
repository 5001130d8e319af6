using System.Text;
using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>Keys: bare, quoted, dotted; and the key = value statement.</summary>
internal ref partial struct TomlReader
{
    private static bool IsBareKey(int b) => b is >= 0 and < 128 && (char.IsAsciiLetterOrDigit((char)b) || b is '_' or '-');

    /// <summary>
    /// One <c>key = value</c> into <paramref name="table"/>. The table is in place before the value is read: a value
    /// that fails still claims its key.
    /// </summary>
    private bool ReadEntry(TomlTable table, bool inline)
    {
        if (!ReadKey())
        {
            return false;
        }

        SkipBlanks();
        if (Peek() != '=')
        {
            return Fail(Here(), "a = is missing after the key", MissingEqualsHint(inline));
        }

        _at++;
        var parent = OpenDotted(table);
        var last = _key[^1];
        var free = parent is not null && IsFree(parent, last);
        var depth = (parent ?? table).Depth + 1;

        SkipBlanks();
        var start = PlaceAt(_at);
        var value = ReadValue(depth);
        if (free)
        {
            parent!.Add(new TomlEntry(last.Text, last.Span, value ?? new TomlInvalid(Span(start, _at))));
        }

        return value is not null;
    }

    private readonly string? MissingEqualsHint(bool inline) => Peek() switch
    {
        ':' => "write key = value",
        _ when inline || _key.Count == 0 => null,
        >= 0x80 => "letters outside ASCII need a quoted key",
        _ => "write key = value",
    };

    /// <summary>A dotted key into <see cref="_key"/>, with the blanks after it.</summary>
    private bool ReadKey()
    {
        _key.Clear();
        while (true)
        {
            SkipBlanks();
            if (!ReadKeyPart())
            {
                return false;
            }

            SkipBlanks();
            if (Peek() != '.')
            {
                return true;
            }

            _at++;
        }
    }

    private bool ReadKeyPart()
    {
        var start = PlaceAt(_at);
        string? text;
        switch (Peek())
        {
            case '"' when Peek(1) == '"' && Peek(2) == '"':
            case '\'' when Peek(1) == '\'' && Peek(2) == '\'':
                return Fail(Span(start, _at + 3), "a key cannot be a multi-line string", "use one quote on each side");
            case '"':
                text = ReadBasic("the key")?.Value;
                break;
            case '\'':
                text = ReadLiteral("the key")?.Value;
                break;
            default:
                while (IsBareKey(Peek()))
                {
                    _at++;
                }

                text = Encoding.UTF8.GetString(_text[start.Offset.._at]);
                if (text.Length == 0)
                {
                    return FailMissingKey();
                }

                break;
        }

        if (text is null)
        {
            return false;
        }

        _key.Add(new KeyPart(text, Span(start, _at)));
        return true;
    }

    private bool FailMissingKey()
    {
        var hint = Peek() switch
        {
            '=' => "write key = value; an empty key is \"\"",
            >= 0x80 => "letters outside ASCII need a quoted key",
            _ => null,
        };
        return Peek() >= 0 && IsControl((byte)Peek()) && !IsNewline(_at)
            ? FailControl("here")
            : Fail(Here(), "a key is missing here", hint);
    }

    private readonly record struct KeyPart(string Text, SourceSpan Span);
}
