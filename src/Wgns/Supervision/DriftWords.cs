using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Supervision;

/// <summary>What a look changed, in words: what somebody else had changed, and where a name is now.</summary>
public static class DriftWords
{
    /// <summary>Operations told one by one in a status line; the rest are counted.</summary>
    private const int Told = 3;

    /// <summary>What a step follows when nobody changed anything: a name's new address, and the MTU of the way there; else null.</summary>
    public static string? News(Operation operation, Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return operation is SetMtu mtu && plan.Steps.Any(s => NewAddress(s.Do) is not null)
            ? $"the MTU of {mtu.Ifname} is {mtu.Mtu} now"
            : NewAddress(operation);
    }

    /// <summary>"vpn.example.com:51820 is at 192.0.2.1:51820 now" where that is all that the step does; else null.</summary>
    private static string? NewAddress(Operation operation) =>
        operation is ConfigureDevice { Patch: { PrivateKey: null, ListenPort: null, FirewallMark: null, Peers: var peers } }
        && !peers.IsEmpty
        && peers.All(IsEndpointOnly)
            ? string.Join(", ", peers.Select(p => $"{p.EndpointName} is at {p.Endpoint} now"))
            : null;

    /// <summary>What had happened, where a step clears away what is left of an engine that nobody asked to end; else null.</summary>
    /// <param name="before">What was seen before the plan.</param>
    public static string? EndOf(Operation operation, ObservedState before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return operation is StopEngine stop && before.Engines.GetValueOrDefault(stop.Ifname) is { IsAlive: false } engine
            ? $"the engine of {stop.Ifname} {(engine.IsSilent ? "did not answer" : "had ended")}"
            : null;
    }

    /// <summary>What had drifted, shortly; null where nothing had.</summary>
    /// <param name="before">What was seen before the plan.</param>
    public static string? Summary(Plan plan, ObservedState before)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var drift = plan.Steps.Select(s => s.Do).Where(o => News(o, plan) is null).Select(o => EndOf(o, before) ?? o.Describe()).ToList();
        var rest = drift.Count - Told;
        return drift.Count == 0 ? null : string.Join(", ", drift.Take(Told)) + (rest > 0 ? $" and {rest} more" : string.Empty);
    }

    private static bool IsEndpointOnly(PeerPatch p) =>
        p is { IsNew: false, Remove: false, PresharedKey: null, ClearPresharedKey: false, PersistentKeepalive: null, AllowedIps: null, Endpoint: not null };
}
