using System.Globalization;
using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>Integers and floats: TOML 1.0, "Integer" and "Float".</summary>
internal ref partial struct TomlReader
{
    private TomlNode? ReadNumber(ReadOnlySpan<byte> token, SourceSpan span)
    {
        var hasSign = token[0] is (byte)'+' or (byte)'-';
        var isNegative = token[0] == '-';
        var digits = hasSign ? token[1..] : token;
        if (digits.SequenceEqual("inf"u8))
        {
            return new TomlFloat(span, isNegative ? double.NegativeInfinity : double.PositiveInfinity);
        }

        if (digits.SequenceEqual("nan"u8))
        {
            return new TomlFloat(span, double.NaN);
        }

        if (digits is [(byte)'0', (byte)'x' or (byte)'o' or (byte)'b', ..])
        {
            return ReadPrefixed(digits, span, hasSign);
        }

        if (digits.IsEmpty || !IsDigit(digits[0]))
        {
            return FailScalar(token, span);
        }

        return digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0
            ? ReadDecimal(token, digits, span, isNegative)
            : ReadFloat(token, digits, span);
    }

    private TomlInteger? ReadPrefixed(ReadOnlySpan<byte> digits, SourceSpan span, bool hasSign)
    {
        var radix = digits[1] switch
        {
            (byte)'x' => 16UL,
            (byte)'o' => 8UL,
            _ => 2UL,
        };
        if (hasSign)
        {
            Fail(span, "a hexadecimal, octal or binary integer has no sign");
            return null;
        }

        return Accumulate(digits[2..], radix, long.MaxValue, span) is { } value
            ? new TomlInteger(span, (long)value)
            : null;
    }

    private TomlNode? ReadDecimal(ReadOnlySpan<byte> token, ReadOnlySpan<byte> digits, SourceSpan span, bool isNegative)
    {
        if (digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var other && digits[other] != '_')
        {
            return FailScalar(token, span);
        }

        if (HasLeadingZero(digits))
        {
            Fail(span, "an integer has no leading zeros", "octal is written 0o755");
            return null;
        }

        var limit = isNegative ? (ulong)long.MaxValue + 1 : long.MaxValue;
        return Accumulate(digits, 10, limit, span) is { } value
            ? new TomlInteger(span, isNegative ? unchecked(-(long)value) : (long)value)
            : null;
    }

    /// <summary>Digits with single underscores between them; null, reported, for anything else.</summary>
    private ulong? Accumulate(ReadOnlySpan<byte> digits, ulong radix, ulong limit, SourceSpan span)
    {
        if (digits.IsEmpty)
        {
            Fail(span, "the integer has no digits");
            return null;
        }

        if (!UnderscoresFit(digits))
        {
            Fail(span, "an underscore stands between two digits only");
            return null;
        }

        var value = 0UL;
        foreach (var b in digits)
        {
            if (b == '_')
            {
                continue;
            }

            var digit = DigitOf(b);
            if (digit >= radix)
            {
                Fail(span, $"an integer of base {radix} has a digit that is none");
                return null;
            }

            if (value > (limit - digit) / radix)
            {
                Fail(span, "the integer does not fit into 64 bits with sign");
                return null;
            }

            value = (value * radix) + digit;
        }

        return value;
    }

    /// <summary>The worth of a digit in any base; too much for all of them where it is none.</summary>
    private static ulong DigitOf(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => (ulong)(b - '0'),
        >= (byte)'a' and <= (byte)'f' => (ulong)(b - 'a') + 10,
        >= (byte)'A' and <= (byte)'F' => (ulong)(b - 'A') + 10,
        _ => ulong.MaxValue,
    };

    private static bool UnderscoresFit(ReadOnlySpan<byte> digits) =>
        digits.IsEmpty || (digits[0] != '_' && digits[^1] != '_' && digits.IndexOf("__"u8) < 0);

    private static bool HasLeadingZero(ReadOnlySpan<byte> digits) =>
        digits is [(byte)'0', (>= (byte)'0' and <= (byte)'9') or (byte)'_', ..];

    private TomlNode? ReadFloat(ReadOnlySpan<byte> token, ReadOnlySpan<byte> digits, SourceSpan span)
    {
        var whole = TakeDigits(ref digits);
        var good = whole.Length > 0 && UnderscoresFit(whole);
        if (HasLeadingZero(whole))
        {
            Fail(span, "a float has no leading zeros");
            return null;
        }

        if (digits is [(byte)'.', ..])
        {
            digits = digits[1..];
            var fraction = TakeDigits(ref digits);
            if (fraction.IsEmpty)
            {
                Fail(span, "a float has digits on both sides of its point");
                return null;
            }

            good &= UnderscoresFit(fraction);
        }

        if (digits is [(byte)'e' or (byte)'E', ..])
        {
            digits = digits[1..] is [(byte)'+' or (byte)'-', ..] ? digits[2..] : digits[1..];
            var exponent = TakeDigits(ref digits);
            good &= exponent.Length > 0 && UnderscoresFit(exponent);
        }

        if (!good || !digits.IsEmpty)
        {
            return FailScalar(token, span);
        }

        Span<byte> plain = token.Length <= 64 ? stackalloc byte[64] : new byte[token.Length];
        var length = 0;
        foreach (var b in token)
        {
            if (b != '_')
            {
                plain[length++] = b;
            }
        }

        // What is beyond binary64 becomes an infinity or a zero, as IEEE 754 rounds.
        var value = double.Parse(plain[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
        return new TomlFloat(span, value);
    }

    private static ReadOnlySpan<byte> TakeDigits(ref ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (length < rest.Length && (IsDigit(rest[length]) || rest[length] == '_'))
        {
            length++;
        }

        var digits = rest[..length];
        rest = rest[length..];
        return digits;
    }
}
