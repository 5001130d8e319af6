namespace Wgns.Verification;

/// <summary>Names and the host's daemons, as a command inside finds them.</summary>
public static partial class Checks
{
    private static Finding DnsFiles(Evidence e)
    {
        const string Check = "dns files";
        if (e.View is not { } view)
        {
            return Unseen(Check, e);
        }

        var (resolv, nsswitch) = (ContentOf("resolv.conf", e), ContentOf("nsswitch.conf", e));
        return resolv is null || nsswitch is null
            ? Finding.Failed(Check, "/etc/netns has no resolv.conf and nsswitch.conf for it, so the machine's own would be used", $"`wgns up {e.Observed.Name}` writes them, unless dnsFiles is \"keep\"")
            : view.ResolvConf != resolv || view.NsswitchConf != nsswitch
                ? Finding.Failed(Check, "a command inside does not see the namespace's resolv.conf and nsswitch.conf", "`wgns status` says whether they are as written")
                : Finding.Ok(Check, "a command inside sees the namespace's own");
    }

    private static Finding Sockets(Evidence e)
    {
        const string Check = "host's daemons";
        return e.View is not { } view ? Unseen(Check, e)
            : view.Reachable.IsEmpty ? Finding.Ok(Check, "none of their sockets can be reached by a command of `wgns exec`")
            : Finding.Failed(Check, Join(view.Reachable.Select(Describe)), "the private /run of `wgns exec` is incomplete: please report it");
    }

    private static Finding Vsock(Evidence e)
    {
        const string Check = "AF_VSOCK";
        return e.View is not { } view ? Unseen(Check, e)
            : view.HasVsock ? Finding.Failed(Check, "a command inside can make such a socket, which leads to the host of a virtual machine", "`modprobe -r vsock` where nothing needs it")
            : Finding.Ok(Check, "cannot be made");
    }

    private static Finding Resolution(Evidence e)
    {
        const string Check = "name resolution";
        if (e.View is not { } view)
        {
            return Unseen(Check, e);
        }

        if (view.Answers.IsEmpty)
        {
            return Finding.NotApplicable(Check, "there is no dns_server: names are looked up nowhere");
        }

        if (view.Answers.FirstOrDefault(a => a.Problem is null) is not { } answer)
        {
            return Finding.Failed(Check, Join(view.Answers.Select(a => $"{a.Server}: {a.Problem}")), "see whether the tunnel is up and the dns_server is one that the provider has");
        }

        if (System.Net.IPAddress.TryParse(answer.Server, out var server) && System.Net.IPAddress.IsLoopback(server))
        {
            return Finding.NotApplicable(Check, $"{answer.Server} is a resolver inside: whom it asks is its own affair, within this namespace");
        }

        var grew = Received(e.Later) > Received(e.Observed);
        return grew
            ? Finding.Ok(Check, $"{answer.Server} answered, and the tunnel received as much")
            : Finding.Failed(Check, $"{answer.Server} answered, but nothing came through the tunnel", $"`ip -n {e.Observed.Name} route get {answer.Server}` shows the way it took");
    }

    private static ulong Received(Observation.ObservedState state) =>
        state.Devices.Values.SelectMany(d => d.Peers).Aggregate(0UL, (sum, p) => sum + p.TransferRx);

    private static string Describe(string path) =>
        $"{path} ({HostSockets.All.FirstOrDefault(s => s.Path == path)?.Does ?? "a daemon of the host"})";

    private static string? ContentOf(string file, Evidence e) =>
        e.Observed.Files.FirstOrDefault(f => f.Key.EndsWith($"/{e.Observed.Name}/{file}", StringComparison.Ordinal)).Value?.Content;

    private static Finding Unseen(string check, Evidence e) =>
        Finding.Failed(check, $"no command could be started inside to look: {e.ViewProblem}", "what cannot be looked at is not verified");
}
