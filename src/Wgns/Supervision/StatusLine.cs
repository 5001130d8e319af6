namespace Wgns.Supervision;

/// <summary>How a supervised namespace is, in one line for a person: systemctl status shows it.</summary>
/// <param name="IsReady">Whether it was told that the namespace is ready.</param>
/// <param name="Missing">Whose handshakes are missing.</param>
/// <param name="Unknown">Endpoint names without an address, and why.</param>
/// <param name="PutBack">What had drifted last and was put back; null where nothing ever had.</param>
/// <param name="Problem">What fails now, so that the namespace is not known to be as its configuration says; null where nothing does.</param>
public sealed record StatusLine(
    string Name,
    bool IsReady,
    IReadOnlyList<string> Missing,
    IReadOnlyList<(string Host, string Problem)> Unknown,
    string? PutBack,
    string? Problem)
{
    /// <summary>Why the configuration as it is by now is not in force, and the old one stays; null where it is.</summary>
    public string? Refused { get; init; }

    public override string ToString() => string.Join("; ", Parts());

    private IEnumerable<string> Parts()
    {
        var handshakes = string.Join(", ", Missing);
        yield return (IsReady, Missing.Count) switch
        {
            // What is missing was seen before that.
            _ when Problem is not null => $"{Name} is not as described",
            (_, 0) => $"{Name} is up",
            (true, _) => $"{Name} is up, without a handshake on {handshakes}",
            (false, _) => $"waiting for a handshake on {handshakes}",
        };
        foreach (var (host, problem) in Unknown)
        {
            yield return $"{host} cannot be looked up yet ({problem})";
        }

        if (Refused is not null)
        {
            yield return Refused;
        }

        if (Problem is not null)
        {
            yield return Problem;
        }

        if (PutBack is not null)
        {
            yield return $"had drifted and was put back: {PutBack}";
        }
    }
}
