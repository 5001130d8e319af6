using System.Diagnostics;
using Wgns.Observation;

namespace Wgns.Lifecycle;

/// <summary>Waits until a namespace's tunnels are known to work.</summary>
public static class HandshakeWait
{
    /// <summary>Why there may be none, for who waited for it in vain.</summary>
    public const string Hint =
        "check endpoint, publicKey, whether the peer knows this interface's public key (`wgns status`), "
        + "and whether this machine's clock was set back: a peer refuses a handshake that is older than the last";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Waits until one peer of each interface has shaken hands. An idle peer without keepalive never would by itself, and is
    /// provoked.
    /// </summary>
    /// <returns>The interfaces that have not shaken hands; empty is success.</returns>
    public static IReadOnlyList<string> Until(NamespaceHost host, string name, TimeSpan limit, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(host);
        // Not by the time of day, which is set while a machine starts.
        var since = Stopwatch.GetTimestamp();
        var nudge = new HandshakeNudge(host, name);
        while (true)
        {
            var observed = Look(host, name);
            var missing = Missing(observed);
            if (missing.Count == 0 || Stopwatch.GetElapsedTime(since) >= limit || stop.IsCancellationRequested)
            {
                return missing;
            }

            nudge.Silent(observed);
            stop.WaitHandle.WaitOne(Pause);
        }
    }

    /// <summary>Of the recorded interfaces. As for a supervisor, one without peers has nobody to wait for.</summary>
    internal static IReadOnlyList<string> Missing(ObservedState observed) =>
    [
        .. observed.Record?.Interfaces
            .Select(i => i.Ifname)
            .Where(i => observed.Devices.GetValueOrDefault(i) is not { } device || (!device.Peers.IsEmpty && device.Peers.All(p => p.LatestHandshake is null))) ?? [],
    ];

    internal static ObservedState Look(NamespaceHost host, string name) =>
        host.Observer.Observe(name, host.Store.Load(name), new Scope([], [], Ruleset: false, Processes: null));
}
