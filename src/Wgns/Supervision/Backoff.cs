namespace Wgns.Supervision;

/// <summary>Pauses that double with every failure in a row.</summary>
/// <param name="First">After the first failure.</param>
/// <param name="Most">The longest.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Most)
{
    /// <summary>The pause after so many failures in a row; none after 0.</summary>
    public TimeSpan After(int failures)
    {
        if (failures <= 0)
        {
            return TimeSpan.Zero;
        }

        // Doubled one by one: a shift by the number of failures of a week would overflow.
        var pause = First;
        for (var i = 1; i < failures && pause < Most; i++)
        {
            pause *= 2;
        }

        return pause < Most ? pause : Most;
    }
}
