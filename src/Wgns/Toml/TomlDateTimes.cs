using Wgns.Diagnostics;

namespace Wgns.Toml;

/// <summary>A day of the proleptic Gregorian calendar: year 0-9999 (RFC 3339 has a year 0, DateOnly has not).</summary>
public readonly record struct TomlDate(int Year, int Month, int Day)
{
    public override string ToString() => $"{Year:D4}-{Month:D2}-{Day:D2}";
}

/// <summary>
/// A time of day. <see cref="Second"/> is 0-60, 60 being RFC 3339's leap second; <see cref="Nanosecond"/> is
/// 0-999999999, further digits of a fraction are cut off, as TOML 1.0 wants.
/// </summary>
public readonly record struct TomlTime(int Hour, int Minute, int Second, int Nanosecond)
{
    /// <summary><c>hh:mm:ss</c>, with the fraction in as many digits as it needs.</summary>
    public override string ToString()
    {
        var whole = $"{Hour:D2}:{Minute:D2}:{Second:D2}";
        return Nanosecond == 0 ? whole : $"{whole}.{Nanosecond:D9}".TrimEnd('0');
    }
}

/// <summary>A day without a time.</summary>
public sealed class TomlLocalDate : TomlNode
{
    internal TomlLocalDate(SourceSpan span, TomlDate value)
        : base(span) => Value = value;

    public TomlDate Value { get; }

    public override string Describe() => "a local date";
}

/// <summary>A time without a day.</summary>
public sealed class TomlLocalTime : TomlNode
{
    internal TomlLocalTime(SourceSpan span, TomlTime value)
        : base(span) => Value = value;

    public TomlTime Value { get; }

    public override string Describe() => "a local time";
}

/// <summary>A day and a time without an offset: no instant.</summary>
public sealed class TomlLocalDateTime : TomlNode
{
    internal TomlLocalDateTime(SourceSpan span, TomlDate date, TomlTime time)
        : base(span) => (Date, Time) = (date, time);

    public TomlDate Date { get; }

    public TomlTime Time { get; }

    public override string Describe() => "a local date-time";
}

/// <summary>An instant, with the offset it was written in.</summary>
public sealed class TomlOffsetDateTime : TomlNode
{
    internal TomlOffsetDateTime(SourceSpan span, TomlDate date, TomlTime time, int offsetMinutes)
        : base(span) => (Date, Time, OffsetMinutes) = (date, time, offsetMinutes);

    public TomlDate Date { get; }

    public TomlTime Time { get; }

    /// <summary>Minutes east of UTC, -1439 to 1439. RFC 3339's <c>-00:00</c> is 0.</summary>
    public int OffsetMinutes { get; }

    public override string Describe() => "an offset date-time";
}
