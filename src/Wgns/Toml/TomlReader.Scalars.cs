using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>Values without quotes: taken up to their end first, told apart by their look, then read whole.</summary>
internal ref partial struct TomlReader
{
    private TomlNode? ReadScalar()
    {
        var start = PlaceAt(_at);
        var token = TakeToken();
        if (token.IsEmpty)
        {
            FailMissingValue();
            return null;
        }

        var span = Span(start, _at);
        switch (token)
        {
            case [(byte)'t', (byte)'r', (byte)'u', (byte)'e']:
                return new TomlBoolean(span, true);
            case [(byte)'f', (byte)'a', (byte)'l', (byte)'s', (byte)'e']:
                return new TomlBoolean(span, false);
            case [_, _, _, _, (byte)'-', ..] when AreDigits(token[..4]):
                return ReadDateTime(token, span);
            case [_, _, (byte)':', ..] when AreDigits(token[..2]):
                return ReadTimeOnly(token, span);
            default:
                return ReadNumber(token, span);
        }
    }

    /// <summary>
    /// Letters, digits and what numbers and dates have between them. A date takes the time behind one space with it.
    /// </summary>
    private ReadOnlySpan<byte> TakeToken()
    {
        var start = _at;
        SkipTokenBytes();
        if (_at - start == 10 && _text[start + 4] == '-' && Peek() == ' ' && IsDigit(Peek(1)) && IsDigit(Peek(2)) && Peek(3) == ':')
        {
            _at++;
            SkipTokenBytes();
        }

        return _text[start.._at];
    }

    private void SkipTokenBytes()
    {
        while (IsBareKey(Peek()) || Peek() is '+' or '.' or ':')
        {
            _at++;
        }
    }

    private static bool IsDigit(int b) => b is >= '0' and <= '9';

    private static bool AreDigits(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private void FailMissingValue()
    {
        const string InQuotes = "text stands in quotes: \"…\"";
        switch (Peek())
        {
            case 0xE2 when Peek(1) == 0x80 && Peek(2) is >= 0x98 and <= 0x9F:
                Fail(Here(), "a value is missing here", "this is a typographic quote: TOML takes \" and '");
                break;
            case -1 or '\r' or '\n' or '#' or ',' or ']' or '}':
                Fail(Here(), "a value is missing here");
                break;
            case var b when IsControl((byte)b):
                FailControl("a value");
                break;
            default:
                Fail(Here(), "a value is missing here", InQuotes);
                break;
        }
    }

    /// <summary>Never shows the token: a key that somebody forgot to quote would be in the message.</summary>
    private TomlNode? FailScalar(ReadOnlySpan<byte> token, SourceSpan span)
    {
        var hint = "text stands in quotes: \"…\"";
        Span<byte> lower = stackalloc byte[8];
        if (token.Length <= lower.Length)
        {
            System.Text.Ascii.ToLower(token, lower, out var length);
            lower = lower[..length];
            if (lower.SequenceEqual("true"u8) || lower.SequenceEqual("yes"u8) || lower.SequenceEqual("on"u8))
            {
                hint = "a boolean is true or false, in lower case";
            }
            else if (lower.SequenceEqual("false"u8) || lower.SequenceEqual("no"u8) || lower.SequenceEqual("off"u8))
            {
                hint = "a boolean is true or false, in lower case";
            }
        }

        Fail(span, "this is no value of TOML", hint);
        return null;
    }
}
