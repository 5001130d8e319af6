using System.Text;
using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>Values without quotes: taken up to their end first, told apart by their look, then read whole.</summary>
internal ref partial struct TomlReader
{
    private const string InQuotes = "text stands in quotes: \"…\"";

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
        switch (Peek())
        {
            case 0xE2 when Peek(1) == 0x80 && Peek(2) is >= 0x98 and <= 0x9F:
                Fail(Here(), "a value is missing here", "this is a typographic quote: TOML takes \" and '");
                break;
            case -1 or '\r' or '\n' or '#' or ',' or ']' or '}':
                Fail(Here(), "a value is missing here");
                break;
            case var b when IsControl((byte)b):
                FailControl("here");
                break;
            default:
                Fail(Here(), "a value is missing here", InQuotes);
                break;
        }
    }

    /// <summary>Never shows the token: a key that somebody forgot to quote would be in the message.</summary>
    private TomlNode? FailScalar(ReadOnlySpan<byte> token, SourceSpan span)
    {
        var hint = InQuotes;
        foreach (var word in (ReadOnlySpan<string>)["true", "false", "yes", "no", "on", "off"])
        {
            if (Ascii.EqualsIgnoreCase(token, word))
            {
                hint = "a boolean is true or false, in lower case";
            }
        }

        Fail(span, "this is no value of TOML", hint);
        return null;
    }
}
