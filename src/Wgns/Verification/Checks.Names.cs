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
            ? Finding.Failed(
                Check,
                "/etc/netns has no resolv.conf and nsswitch.conf for it, so the machine's own would be used",
                $"`wgns up {e.Observed.Name}` writes them, unless dnsFiles is \"keep\"")
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
            : view.HasVsock ? Finding.Failed(
                Check,
                "a command inside can make such a socket, which leads to the host of a virtual machine",
                "`modprobe -r vsock` where nothing needs it")
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

        // The first is asked by everybody, and what asks another is redirected to it.
        var silent = view.Answers.Where(a => a.Problem is not null).Select(a => $"{a.Server}: {a.Problem}").ToList();
        if (view.Answers[0].Problem is not null)
        {
            return Finding.Failed(Check, Join(silent), "see whether the tunnel is up and the dns_server is one that the provider has");
        }

        // A resolver inside, on 127.0.0.0/8 or ::1: whom it asks is its own affair, within this namespace.
        var answered = view.Answers.Where(a => a.Problem is null).ToLookup(a => System.Net.IPAddress.IsLoopback(System.Net.IPAddress.Parse(a.Server)));
        var inside = answered[true].Select(a => $"{a.Server} is a resolver inside: whom it asks is its own affair, within this namespace").ToList();
        var past = answered[false].Where(a => a.Link is null || !IsTunnel(a.Link, e)).Select(a => $"{a.Server} answered by {a.Link ?? "no link"}, not by the tunnel").ToList();
        var other = answered[false].Where(a => a.Link is not null && IsTunnel(a.Link, e) && !a.Grew)
            .Select(a => $"{a.Server} answered, but nothing came through the tunnel").ToList();
        return past.Count + other.Count > 0
                ? Finding.Failed(Check, Join(past.Concat(other)), $"`ip -n {e.Observed.Name} route get SERVER` shows the way; somebody inside, or a rule, answers in its place")
            : !answered[false].Any() ? Finding.NotApplicable(Check, Join(inside.Concat(silent)))
            : Finding.Ok(Check, Join(answered[false].Select(a => $"{a.Server} answered, and the tunnel received as much").Concat(inside).Concat(silent)));
    }

    private static string Describe(string path) =>
        $"{path} ({HostSockets.All.FirstOrDefault(s => s.Path == path)?.Does ?? "a daemon of the host"})";

    private static string? ContentOf(string file, Evidence e)
    {
        var (path, found) = e.Observed.Files.FirstOrDefault(f => f.Key.EndsWith($"/{e.Observed.Name}/{file}", StringComparison.Ordinal));
        return found is { Kind: Observation.FileKind.Symlink } ? e.Linked.GetValueOrDefault(path) : found?.Content;
    }

    private static Finding Unseen(string check, Evidence e) =>
        Finding.Failed(check, $"no command could be started inside to look: {e.ViewProblem}", "what cannot be looked at is not verified");
}
