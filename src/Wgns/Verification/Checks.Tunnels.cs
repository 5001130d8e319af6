using System.Globalization;
using Wgns.Observation;
using Wgns.Systemd;

namespace Wgns.Verification;

/// <summary>The tunnels, who is inside, and the units.</summary>
public static partial class Checks
{
    /// <summary>REJECT_AFTER_TIME of the WireGuard paper, section 6.1: no session is older.</summary>
    private static readonly TimeSpan SessionLimit = TimeSpan.FromSeconds(180);

    private static IEnumerable<Finding> Tunnel(InterfaceRecord record, Evidence e)
    {
        var (check, ifname) = ($"tunnel {record.Ifname}", record.Ifname);
        if (e.Observed.Link(ifname) is not { } link)
        {
            yield return Finding.Failed(check, "the link is missing: nothing gets out", $"`wgns up {e.Observed.Name}` makes it again");
            yield break;
        }

        if (record.Engine is { } engine)
        {
            var program = Path.GetFileName(engine.Program);
            yield return e.Observed.Engines.GetValueOrDefault(ifname) is { IsAlive: true } running
                ? Finding.Ok($"{check}: engine", $"{program} runs, pid {running.Pid}")
                : Finding.Failed($"{check}: engine", $"{program} does not run, or does not answer: nothing gets out", $"`wgns up {e.Observed.Name}` starts it again");
        }

        if (e.Later.Devices.GetValueOrDefault(ifname) is not { } device)
        {
            yield return Finding.Failed(check, "the device cannot be asked", $"`wgns status {e.Observed.Name}` says more");
            yield break;
        }

        yield return record.Birthplace is { } place ? Port(check, device.ListenPort, link.IsUp, place, e) : Port(check, ifname, device.ListenPort, link.IsUp, e);
        yield return Handshake(check, device, e);
    }

    /// <summary>An engine's own sockets are asked; of the kernel's only the port is known, since no process holds them.</summary>
    internal static Finding Port(string check, string ifname, int port, bool isUp, Evidence e)
    {
        var words = $"{check}: socket";
        var again = $"`wgns down {e.Observed.Name}`, and `wgns up` again";
        var inside = Finding.Failed(words, $"UDP port {port} is bound inside: the tunnel would go through itself", "the device was made inside; let `wgns up` make it");
        if (!isUp || port == 0)
        {
            return Finding.NotApplicable(words, "the link is down, and has none");
        }

        if (e.EngineSockets.TryGetValue(ifname, out var sockets))
        {
            return sockets.IsEmpty ? Finding.Failed(words, "the engine has none", again)
                : sockets.Any(s => s == e.Observed.NetnsIdentity) ? inside
                : Finding.Ok(words, $"UDP port {port}, outside");
        }

        return (e.PortsOutside.Contains(port), e.PortsInside.Contains(port)) switch
        {
            (true, false) => Finding.Ok(words, $"UDP port {port}, outside"),
            (false, true) => inside,
            (true, true) => Finding.NotApplicable(words, $"UDP port {port} is bound outside and inside: which is the tunnel's the kernel does not tell"),
            _ => Finding.Failed(words, $"UDP port {port} is bound neither outside nor inside", again),
        };
    }

    private static Finding Port(string check, int port, bool isUp, BirthplaceRecord place, Evidence e)
    {
        var words = $"{check}: socket";
        return !isUp || port == 0 ? Finding.NotApplicable(words, "the link is down, and has none")
            : e.PortsElsewhere.GetValueOrDefault(place.Path) is not { } there ? Finding.Failed(
                words,
                $"its birthplaceNamespace {place.Path} is gone, or another by now: nothing gets out",
                $"`wgns up {e.Observed.Name}` makes it again, where that one is")
            : there.Contains(port) ? Finding.Ok(words, $"UDP port {port}, in {place.Path}")
            : Finding.Failed(words, $"UDP port {port} is not bound in {place.Path}, its birthplaceNamespace", $"`wgns down {e.Observed.Name}`, and `wgns up` again");
    }

    internal static Finding Handshake(string check, Linux.WireGuard.WireGuardDevice device, Evidence e)
    {
        var words = $"{check}: handshake";
        if (device.Peers.IsEmpty)
        {
            return Finding.NotApplicable(words, "it has no peer");
        }

        if (LastHandshake(device, e.Now) is not { } last)
        {
            return Finding.Failed(words, "no peer has shaken hands yet", "is the endpoint right, does the provider know this end's public key, and was this machine's clock set back?");
        }

        var age = e.Now - last;
        var isOfAnotherClock = ClockSetBack.Is(age);
        var told = isOfAnotherClock ? ClockSetBack.Words : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)age.TotalSeconds)} s ago");
        var isOld = isOfAnotherClock || age > SessionLimit;
        var keptAlive = device.Peers.Any(p => p.PersistentKeepalive > 0);
        return isOld && keptAlive
            ? Finding.Failed(
                words,
                $"the last was {told}, and there should be one every two minutes",
                isOfAnotherClock ? "set the clock right: until then the provider refuses handshakes that are older than the last" : "the provider does not answer any more")
            : Finding.Ok(words, isOld ? $"{told}; it is idle" : told);
    }

    /// <summary>The newest; one of a time to come only where none of another peer is new.</summary>
    private static DateTimeOffset? LastHandshake(Linux.WireGuard.WireGuardDevice device, DateTimeOffset now) =>
        device.Peers.Where(p => p.LatestHandshake is { } at && !ClockSetBack.Is(now - at) && now - at <= SessionLimit).Max(p => p.LatestHandshake)
        ?? device.Peers.Max(p => p.LatestHandshake);

    private static IEnumerable<Finding> Process(ProcessEvidence process, Evidence e)
    {
        var check = $"process {process.Comm} ({process.Pid})";
        if (process.IsProxy)
        {
            // Who its peers are it is told as numbers: no resolver of anybody's is asked, whatever files and sockets it sees.
            yield return Finding.Ok(check, "is the proxy of a [[publish]]: it listens outside, connects inside, and looks up no name");
            yield break;
        }

        if (process.IsEngine)
        {
            yield return Finding.Ok(check, "is the engine of another namespace's tunnel, whose packets go by this one; it looks up no name");
            yield break;
        }

        const string Cure = "start it by `wgns exec`, or attach its unit by `wgns units confine`, and end this one";
        var failures = new List<string>();
        if (!process.Foreign.IsEmpty)
        {
            failures.Add($"holds what leads outside: {Join(process.Foreign)}");
        }

        if (!process.ThreadsOutside.IsEmpty)
        {
            failures.Add($"thread {Join(process.ThreadsOutside.Select(t => t.ToString(CultureInfo.InvariantCulture)))} of it is outside");
        }

        if (process.ResolvConf != ContentOf("resolv.conf", e) || process.NsswitchConf != ContentOf("nsswitch.conf", e))
        {
            failures.Add("sees another resolv.conf or nsswitch.conf than the namespace's");
        }

        if (!process.HostSockets.IsEmpty)
        {
            failures.Add($"finds {Join(process.HostSockets.Select(Describe))}");
        }

        var peers = (string[])
        [
            .. process.Outsiders.IsEmpty ? [] : (string[])[$"is connected to {Join(process.Outsiders)}, outside, by unix sockets"],
            .. process.UnknownPeers.IsEmpty ? [] : (string[])[$"by unix sockets, to whom is unknown: {Join(process.UnknownPeers)}"],
        ];
        yield return failures.Count > 0 ? Finding.Failed(check, Join(failures), Cure)
            : Finding.Ok(check, peers.Length == 0 ? "holds nothing from outside" : string.Join("; ", peers));
    }

    /// <summary>Also while it comes and goes: a Type=oneshot service is "activating" as long as it works.</summary>
    internal static bool HasProcesses(AttachedUnit unit) => unit.State is "active" or "reloading" or "activating" or "deactivating";

    private static Finding Unit(UnitEvidence unit)
    {
        var check = $"unit {unit.Unit.Unit}";
        return !HasProcesses(unit.Unit) ? Finding.NotApplicable(check, unit.Unit.State)
            : unit.Outside.IsEmpty ? Finding.Ok(check, "its processes are inside")
            : Finding.Failed(
                check,
                $"processes are not inside: {Join(unit.Outside.Select(p => p.ToString(CultureInfo.InvariantCulture)))}",
                $"`systemctl restart {unit.Unit.Unit}`; `systemctl cat` shows whether its drop-in is there");
    }
}
