using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>Dates and times: RFC 3339, section 5.6, as TOML 1.0 takes it.</summary>
internal ref partial struct TomlReader
{
    private const string TimeForm = "a time is hh:mm:ss, seconds included, with an optional fraction";

    private TomlNode? ReadDateTime(ReadOnlySpan<byte> token, SourceSpan span)
    {
        if (ReadDate(token, span) is not { } date)
        {
            return null;
        }

        var rest = token[10..];
        if (rest.IsEmpty)
        {
            return new TomlLocalDate(span, date);
        }

        if (rest[0] is not ((byte)'T' or (byte)'t' or (byte)' '))
        {
            Fail(span, "this is no date-time", "between date and time stands a T or one space");
            return null;
        }

        rest = rest[1..];
        if (ReadTime(ref rest, span) is not { } time)
        {
            return null;
        }

        if (rest.IsEmpty)
        {
            return new TomlLocalDateTime(span, date, time);
        }

        return ReadOffset(rest, span) is { } offset ? new TomlOffsetDateTime(span, date, time, offset) : null;
    }

    private TomlLocalTime? ReadTimeOnly(ReadOnlySpan<byte> token, SourceSpan span)
    {
        if (ReadTime(ref token, span) is not { } time)
        {
            return null;
        }

        if (!token.IsEmpty)
        {
            Fail(span, "this is no time", "a time without a date has no offset");
            return null;
        }

        return new TomlLocalTime(span, time);
    }

    /// <summary>The first ten bytes as <c>yyyy-mm-dd</c>.</summary>
    private TomlDate? ReadDate(ReadOnlySpan<byte> token, SourceSpan span)
    {
        if (token.Length < 10 || token[4] != '-' || token[7] != '-'
            || Number(token[..4]) is not { } year || Number(token[5..7]) is not { } month || Number(token[8..10]) is not { } day)
        {
            Fail(span, "this is no date", "a date is yyyy-mm-dd; text stands in quotes");
            return null;
        }

        if (month is < 1 or > 12)
        {
            Fail(span, $"there is no month {month}");
            return null;
        }

        // Year 0 is a leap year of the proleptic calendar, which DateTime does not have: year 400 is like it.
        if (day < 1 || day > DateTime.DaysInMonth(year == 0 ? 400 : year, month))
        {
            Fail(span, $"there is no day {day} in month {month} of {year}");
            return null;
        }

        return new TomlDate(year, month, day);
    }

    /// <summary><c>hh:mm:ss[.fraction]</c> off the front of <paramref name="rest"/>.</summary>
    private TomlTime? ReadTime(ref ReadOnlySpan<byte> rest, SourceSpan span)
    {
        if (rest is not [_, _, (byte)':', _, _, (byte)':', _, _, ..]
            || Number(rest[..2]) is not { } hour || Number(rest[3..5]) is not { } minute || Number(rest[6..8]) is not { } second)
        {
            Fail(span, "this is no time", TimeForm);
            return null;
        }

        // RFC 3339 has second 60 for leap seconds, which no table here could check.
        if (hour > 23 || minute > 59 || second > 60)
        {
            Fail(span, $"there is no time {hour:D2}:{minute:D2}:{second:D2}");
            return null;
        }

        rest = rest[8..];
        var nanosecond = 0;
        if (rest is [(byte)'.', ..])
        {
            rest = rest[1..];
            var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? rest[..end] : rest;
            if (digits.IsEmpty)
            {
                Fail(span, "this is no time", TimeForm);
                return null;
            }

            rest = rest[digits.Length..];
            for (var i = 0; i < 9; i++)
            {
                nanosecond = (nanosecond * 10) + (i < digits.Length ? digits[i] - '0' : 0);
            }
        }

        return new TomlTime(hour, minute, second, nanosecond);
    }

    /// <summary><c>Z</c> or <c>±hh:mm</c>, in minutes.</summary>
    private int? ReadOffset(ReadOnlySpan<byte> rest, SourceSpan span)
    {
        if (rest is [(byte)'Z' or (byte)'z'])
        {
            return 0;
        }

        if (rest is not [(byte)'+' or (byte)'-', _, _, (byte)':', _, _]
            || Number(rest[1..3]) is not { } hour || Number(rest[4..6]) is not { } minute)
        {
            Fail(span, "this is no date-time", "behind the time may stand Z or an offset as +hh:mm");
            return null;
        }

        if (hour > 23 || minute > 59)
        {
            Fail(span, $"there is no offset {hour:D2}:{minute:D2}");
            return null;
        }

        var minutes = (hour * 60) + minute;
        return rest[0] == '-' ? -minutes : minutes;
    }

    private static int? Number(ReadOnlySpan<byte> digits)
    {
        if (!AreDigits(digits))
        {
            return null;
        }

        var value = 0;
        foreach (var b in digits)
        {
            value = (value * 10) + (b - '0');
        }

        return value;
    }
}
