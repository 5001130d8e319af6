using System.Collections.Immutable;
using System.Text;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Engine;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>Writes a plan as a shell script of ip, wg and nft that does the same by hand.</summary>
public static class ShellRenderer
{
    public static string Render(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var script = new StringBuilder();
        script.Append("#!/bin/sh\n# wgns plan for namespace ").Append(plan.Name).Append('\n');
        if (plan.IsEmpty)
        {
            return script.Append("# nothing to do: it is as configured\n").ToString();
        }

        script.Append("set -eu\n");
        foreach (var step in plan.Steps)
        {
            script.Append("\n# ").Append(Comment(step.Do.Describe())).Append('\n').Append(Command(step.Do)).Append('\n');
        }

        return script.ToString();
    }

    // "dev" and "name" stand before each link, or ip(8) takes one that is called "up" or "dev" for a word of its own.
    private static string Command(Operation operation) => operation switch
    {
        CreateNetns o => $"ip netns add {Quote(o.Name)}",
        NameOwnNetns o => $"ip netns attach {Quote(o.Name)} $$",
        DeleteNetns o => $"ip netns delete {Quote(o.Name)}",
        SetLoopbackUp o => $"ip -n {Quote(o.Name)} link set lo up",
        SetLoopbackDown o => $"ip -n {Quote(o.Name)} link set lo down\nip -n {Quote(o.Name)} address delete 127.0.0.1/8 dev lo",
        SetSysctl o => $"ip netns exec {Quote(o.Name)} sysctl -q -w {Quote(o.Key + "=" + o.Value)}",
        LoadRuleset o => HereDocument($"ip netns exec {Quote(o.Name)} nft -f -", o.Commands),
        DeleteRuleset o => HereDocument($"ip netns exec {Quote(o.Name)} nft -f -", DeleteRuleset.Commands),
        CreateDirectory o => $"mkdir -m 755 {Quote(o.Path)}",
        RemoveDirectory o => $"rmdir --ignore-fail-on-non-empty {Quote(o.Path)}",
        WriteFile o => HereDocument($"cat > {Quote(o.Path)}", o.Content) + $"\nchmod 644 {Quote(o.Path)}",
        RemoveFile o => $"rm -f {Quote(o.Path)}",
        CreateLink o => $"{From(o.Birthplace)}ip link add name {Quote(o.Ifname)} mtu {o.Mtu} netns {Quote(o.Name)} type wireguard",
        DeleteLink o => $"ip -n {Quote(o.Name)} link delete dev {Quote(o.Ifname)}",
        StartEngine { Engine: { Inside: { } inside } engine } o => StartInside(engine, inside, o.Device),
        StartEngine o => $"{From(o.Engine.Birthplace)}{Quote(o.Engine.Program)} {Quote(o.Engine.TemporaryName)}",
        StopEngine o => StopByDevice(o),
        MoveLink o => $"{From(o.Birthplace)}ip link set dev {Quote(o.TemporaryName)} netns {Quote(o.Name)} name {Quote(o.Ifname)}",
        LinkSocket o => $"[ -e {Quote(o.Symlink)} ] || [ -L {Quote(o.Symlink)} ] || ln -s {Quote(o.Target)} {Quote(o.Symlink)}",
        ConfigureDevice o => WgCommands.Render(o),
        SetMtu o => $"ip -n {Quote(o.Name)} link set dev {Quote(o.Ifname)} mtu {o.Mtu}",
        AddAddress o => $"ip -n {Quote(o.Name)} address replace {o.Address} dev {Quote(o.Ifname)}{(o.Address.IsIPv6 ? " nodad" : string.Empty)}",
        RemoveAddress o => $"ip -n {Quote(o.Name)} address delete {o.Address} dev {Quote(o.Ifname)}",
        SetLinkUp o => $"ip -n {Quote(o.Name)} link set dev {Quote(o.Ifname)} up",
        SetLinkDown o => $"ip -n {Quote(o.Name)} link set dev {Quote(o.Ifname)} down",
        AddRoute o => $"ip -n {Quote(o.Name)} route replace {o.Destination} dev {Quote(o.Ifname)}{(o.Metric == 0 ? string.Empty : $" metric {o.Metric}")}",
        RemoveRoute o => $"ip -n {Quote(o.Name)} route delete {o.Destination} dev {Quote(o.Ifname)}",
        LoadHostRules o => HereDocument("nft -f -", HostEndRules.Replacing(o.Table, o.Text)),
        DeleteHostRules o => $"nft delete table inet {o.Table}",
        SetHostSysctl o => $"sysctl -q -w {Quote(o.Key + "=" + o.Value)}",
        CreateHostLink o => HostLink(o),
        ForgetCallers o => string.Join('\n', o.Ports.Select(Forget)),
        DeleteHostLink o => $"ip link delete dev {Quote(o.Link.HostIfname)}",
        RunHooks o => string.Join('\n', o.Hooks.Select(h => Hook(o, h))),
        _ => throw new NotSupportedException($"no shell form for {operation.GetType().Name}"),
    };

    // Path and all: not every netns has a name.
    private static string From(string? birthplace) => birthplace is null ? string.Empty : $"nsenter {Quote("--net=" + birthplace)} ";

    // All of them, since conntrack(8) cannot tell those that lead inside; where it is not installed, none.
    private static string Forget(LinkPort port) => string.Join('\n', port.Own.Select(own =>
        $"conntrack -D -f {(port.IsIPv6 ? "ipv6" : "ipv4")} -p udp --orig-port-dst {port.Listen.Port} --orig-dst {own} > /dev/null 2>&1 || true"));

    private static string HostLink(CreateHostLink o)
    {
        var (host, inside, netns) = (Quote(o.Link.HostIfname), Quote(o.Link.Ifname), Quote(o.Name));
        return string.Join('\n', (string[])
        [
            $"ip link add name {host} type veth peer name {inside} netns {netns}",
            .. End(string.Empty, "ip", host, o.Link.HostIfname, o.HostAddresses),
            .. End($"ip netns exec {netns} ", $"ip -n {netns}", inside, o.Link.Ifname, o.NamespaceAddresses),
        ]);

        static IEnumerable<string> End(string prefix, string ip, string end, string ifname, ImmutableArray<Cidr> addresses) =>
        [
            .. CreateHostLink.Settings(ifname, addresses).Select(s => $"{prefix}sysctl -e -q -w {Quote(s.Key + "=" + s.Value)}"),
            .. addresses.Select(a => $"{ip} address add {a} dev {end}{(a.IsIPv6 ? " nodad" : string.Empty)}"),
            $"{ip} link set dev {end} up",
        ];
    }

    // The first namespace since the machine's start finds neither directory. An engine that ends before it listens ends the script: who waits for
    // its socket would wait for good.
    private static string StartInside(EngineRecord engine, EngineInside inside, int? device)
    {
        var prefix = $"{From(engine.Birthplace)}{(device is null ? string.Empty : $"env {EngineProcess.DeviceVariable}={device} ")}";
        var command = string.Join(' ', ((string[])[engine.Program, EngineProcess.EmbeddedVerb, engine.Socket, inside.Netns, inside.Ifname]).Select(Quote));
        return string.Join('\n', (string[])
        [
            $"mkdir -p {string.Join(' ', ((string[])[engine.Socket, engine.Log]).Select(f => Quote(Path.GetDirectoryName(f)!)).Distinct())}",
            $"{prefix}setsid {command} > {Quote(engine.Log)} 2>&1 &",
            $"until [ -S {Quote(engine.Socket)} ]; do kill -0 $! 2>/dev/null || {{ cat {Quote(engine.Log)} >&2; exit 1; }}; sleep 0.1; done",
        ]);
    }

    private static string Hook(RunHooks o, HookCommand hook)
    {
        var variables = $"WGNS_NAMESPACE={Quote(o.Name)} WGNS_INTERFACE={Quote(o.Ifnames)}";
        return hook.Where == HookPlace.Host
            ? $"{variables} /bin/sh -c {Quote(hook.Command)}"
            : $"ip netns exec {Quote(o.Name)} env {variables} /bin/sh -c {Quote(hook.Command)}";
    }

    // In order the TUN and its engine end together: the process ends when its socket is removed (wireguard-go(8)). Where the device is to stay
    // the embedded one is told so first, and the next waits for its end.
    private static string StopByDevice(StopEngine o) =>
        string.Join(
            '\n',
            new[]
            {
                o.Engine.Pid == 0 ? null
                    : o.LeavesDevice ? IfStill(o.Engine, $"kill -QUIT {o.Engine.Pid} && timeout 5 tail --pid={o.Engine.Pid} -f /dev/null")
                    : IfStill(o.Engine, $"kill {o.Engine.Pid}"),
                $"rm -f {Quote(o.Engine.Socket)}", o.Engine.Symlink is { } s ? $"rm -f {Quote(s)}" : null,
            }
                .OfType<string>());

    // Since the plan was made, or before, the engine may have ended and its number become another process's. The time of its start, field 22 of
    // proc_pid_stat(5), tells; the name before it may hold spaces and parentheses.
    private static string IfStill(EngineRecord engine, string command) =>
        $"if [ \"$(sed 's/.*) //' /proc/{engine.Pid}/stat 2>/dev/null | cut -d ' ' -f 20)\" = {engine.StartTime} ]; then {command} || true; fi";

    // A line end in a program's or a file's name would end the comment, and the rest would run.
    private static string Comment(string text) => string.Concat(text.Select(c => ObeyedCharacters.Has(c) ? '?' : c));

    private static string HereDocument(string command, string text)
    {
        // A line of the text that is the delimiter would end it early and run the rest as commands.
        var delimiter = "EOF";
        while (text.Split('\n').Contains(delimiter))
        {
            delimiter += "_";
        }

        var closed = text.Length == 0 || text.EndsWith('\n') ? text : text + "\n";
        return $"{command} <<'{delimiter}'\n{closed}{delimiter}";
    }

    /// <summary>One shell word, whatever is in it.</summary>
    internal static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '@' or ':' or '=' or '+' or ',')
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

/// <summary>The wg(8) commands of a device's configuration, with keys as files and never as arguments.</summary>
internal static class WgCommands
{
    internal static string Render(ConfigureDevice operation)
    {
        var patch = operation.Patch;
        var lines = new List<string>();

        // A kernel device lives inside from its first instant; an engine's is configured where it was started.
        var (prefix, device) = operation.Engine is { } engine
            ? (string.Empty, engine.TemporaryName)
            : ($"ip netns exec {ShellRenderer.Quote(operation.Name)} ", operation.Ifname);
        var set = $"{prefix}wg set {ShellRenderer.Quote(device)}";

        var own = new StringBuilder();
        if (patch.PrivateKey is { } key)
        {
            own.Append(" private-key ").Append(KeyFile(key, "private", operation.Ifname, lines));
        }

        if (patch.ListenPort is { } port)
        {
            own.Append(" listen-port ").Append(port);
        }

        if (patch.FirewallMark is { } mark)
        {
            own.Append(" fwmark ").Append(mark);
        }

        if (own.Length > 0)
        {
            lines.Add(set + own);
        }

        foreach (var peer in patch.Peers)
        {
            if (peer.EndpointName is { Address: null } name && peer.Endpoint is not null)
            {
                lines.Add($"# {name} was looked up outside the namespace");
            }

            var words = PeerWords(peer, lines);
            lines.Add($"{set} peer {ShellRenderer.Quote(peer.PublicKey.ToString())}{words}");
        }

        return string.Join('\n', lines);
    }

    private static string PeerWords(PeerPatch peer, List<string> lines)
    {
        if (peer.Remove)
        {
            return " remove";
        }

        var words = new StringBuilder();
        if (peer.PresharedKey is { } psk)
        {
            words.Append(" preshared-key ").Append(KeyFile(psk, "preshared", peer.PublicKey.ToString(), lines));
        }
        else if (peer.ClearPresharedKey)
        {
            words.Append(" preshared-key /dev/null");
        }

        if (peer.Endpoint is { } endpoint)
        {
            words.Append(" endpoint ").Append(ShellRenderer.Quote(endpoint.ToString()));
        }
        else if (peer.EndpointName is { } unresolved)
        {
            lines.Add($"# {unresolved} could not be looked up when this was printed");
            words.Append(" endpoint \"$(getent ahosts ").Append(ShellRenderer.Quote(unresolved.Host))
                .Append(" | awk '{ print ($1 ~ /:/) ? \"[\" $1 \"]\" : $1; exit }'):").Append(unresolved.Port).Append('"');
        }

        if (peer.PersistentKeepalive is { } seconds)
        {
            words.Append(" persistent-keepalive ").Append(seconds);
        }

        if (peer.AllowedIps is { } ips)
        {
            words.Append(" allowed-ips ").Append(ips.IsEmpty ? "''" : string.Join(',', ips));
        }

        return words.ToString();
    }

    private static string KeyFile(KeySource key, string what, string owner, List<string> lines)
    {
        if (key is KeySource.File file)
        {
            return ShellRenderer.Quote(file.Path);
        }

        if (key is KeySource.Credential credential)
        {
            lines.Add($"# credential {credential.Name} of the namespace's unit: systemd sets CREDENTIALS_DIRECTORY");
            return "\"${CREDENTIALS_DIRECTORY:?}\"/" + ShellRenderer.Quote(credential.Name);
        }

        lines.Add($"# the {what} key of {owner} stands in the configuration: put it into this file first");
        return ShellRenderer.Quote($"/root/wgns-{what}-key-{Placeholder(owner)}");
    }

    private static string Placeholder(string owner) =>
        new([.. owner.Where(char.IsAsciiLetterOrDigit).Take(8)]);
}
