using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Wgns.Configuration;
using Wgns.Linux.Libcrypto;
using Wgns.Publishing;

namespace Wgns.Systemd;

/// <summary>Each [[publish]] that has a proxy, as a socket of the host and `wgns forward` inside the namespace.</summary>
public static class PublishUnits
{
    /// <summary>What there is room for beside the longest name of a namespace.</summary>
    private const int LongestPart = 100;

    public static bool IsOne(UnitFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Directory.Length == 0 && IsOne(file.Name);
    }

    /// <summary>Whether a unit, by its name, is the socket or the proxy of a [[publish]].</summary>
    public static bool IsOne(string unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return unit.StartsWith(UnitName.PublishPrefix, StringComparison.Ordinal);
    }

    /// <param name="program">The path of wgns.</param>
    /// <param name="writesCode">Whether that is not native, and writes code while it runs.</param>
    public static ImmutableArray<UnitFile> Of(NamespaceConfig config, RuntimePaths paths, string program, bool writesCode = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(paths);
        return [.. config.Publish.Where(p => p.HasProxy).SelectMany(p => Of(config.Name, paths, p, program, writesCode))];
    }

    /// <summary>The name of the socket's unit: where there is one of it, systemd listens.</summary>
    public static string SocketOf(string name, PublishConfig publish) => StemOf(name, publish) + ".socket";

    private static string StemOf(string name, PublishConfig publish)
    {
        ArgumentNullException.ThrowIfNull(publish);
        var where = publish.Listen.Path is { } path ? PartOf(path)
            : publish.Listen.ToString().Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);

        // No namespace's name holds a colon, so that this one ends it.
        return $"{UnitName.PublishPrefix}{name}:{(IsUdp(publish) ? "udp:" : "")}{where}";
    }

    // NixOS makes a file of a unit's name with more around it, which may have 211 characters in all, and of ASCII's only.
    private static string PartOf(string path) =>
        UnitName.OfPath(path) is { Length: <= LongestPart } part && Ascii.IsValid(path) ? part
        : Sha256.Hex(Encoding.UTF8.GetBytes(path))[..32];

    private static bool IsUdp(PublishConfig publish) => publish.Protocol == PublishProtocol.Udp;

    private static IEnumerable<UnitFile> Of(string name, RuntimePaths paths, PublishConfig publish, string program, bool writesCode)
    {
        var stem = StemOf(name, publish);
        yield return new UnitFile(string.Empty, stem + ".socket", name, stem + ".socket", Socket(name, publish));
        yield return new UnitFile(string.Empty, stem + ".service", name, stem + ".socket", Service(name, paths, publish, stem, program, writesCode));
    }

    private static string Socket(string name, PublishConfig publish) => $"""
        [Unit]
        Description={Say(publish.Listen)} for network namespace {name}
        Documentation=man:wgns(1)

        [Socket]
        Listen{(IsUdp(publish) ? "Datagram" : "Stream")}={Say(publish.Listen)}
        {Extra(publish.Listen)}
        [Install]
        WantedBy=sockets.target
        # systemd gives it up where it has callers while there can be no namespace ("trigger-limit-hit").
        WantedBy={UnitName.NetnsOf(name)}

        """;

    // An address of a link that is not up yet at the start of the machine can be listened on all the same.
    private static string Extra(StreamAddress listen) =>
        listen.Path is not null ? "RemoveOnStop=yes\n"
        : IPAddress.IsLoopback(listen.EndPoint!.Address) ? string.Empty
        : "FreeBind=yes\n";

    private static string Service(string name, RuntimePaths paths, PublishConfig publish, string stem, string program, bool writesCode) => $"""
        [Unit]
        Description={Say(publish.Listen)} to {Say(publish.Connect)} in network namespace {name}
        Documentation=man:wgns(1)
        Requires={stem}.socket
        After={stem}.socket
        BindsTo={UnitName.NetnsOf(name)}
        After={UnitName.NetnsOf(name)}

        [Service]
        Type=exec
        ExecStart={UnitText.Word(program)} forward {Words(publish)}
        # Two for each connection, and two while something is on its way.
        LimitNOFILE=65536
        # Its own connections are made in the namespace. The socket that it is handed is the host's, as are the connections
        # that come in by it: answers go back by these, and nothing can be begun on them.
        NetworkNamespacePath={UnitText.Path(paths.NetnsFile(name))}
        DynamicUser=yes
        CapabilityBoundingSet=
        LockPersonality=yes
        MemoryDenyWriteExecute={(writesCode ? "no" : "yes")}
        NoNewPrivileges=yes
        PrivateDevices=yes
        PrivateTmp={(publish.Connect.Path is null ? "yes" : "no")}
        PrivateUsers=yes
        ProcSubset=pid
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHome={(publish.Connect.Path is null ? "yes" : "read-only")}
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        ProtectSystem=strict
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged @resources
        SystemCallErrorNumber=EPERM
        UMask=0077

        """;

    private static string Words(PublishConfig publish) => string.Join(
        ' ', ["--idle", publish.IdleSeconds.ToString(CultureInfo.InvariantCulture), .. ForwardEntry.Activated(publish).Words.Select(UnitText.Word)]);

    // A description is text in which only specifiers mean something.
    private static string Say(StreamAddress address) => address.ToString().Replace("%", "%%", StringComparison.Ordinal);
}
