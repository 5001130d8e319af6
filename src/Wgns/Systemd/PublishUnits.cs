using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Wgns.Configuration;

namespace Wgns.Systemd;

/// <summary>Each [[publish]] as a socket of the host and a proxy (systemd-socket-proxyd(8)) inside the namespace.</summary>
public static class PublishUnits
{
    /// <summary>No namespace's name holds a colon, so the next one ends it.</summary>
    private const string Prefix = "wgns-publish-";

    /// <summary>Where distributions have the proxy.</summary>
    public static readonly ImmutableArray<string> ProxyPaths =
    [
        "/usr/lib/systemd/systemd-socket-proxyd", "/lib/systemd/systemd-socket-proxyd", "/run/current-system/systemd/lib/systemd/systemd-socket-proxyd",
    ];

    /// <summary>Null where this machine has none.</summary>
    public static string? FindProxy() => ProxyPaths.FirstOrDefault(File.Exists);

    public static bool IsOne(UnitFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Directory.Length == 0 && IsOne(file.Name);
    }

    /// <summary>Whether a unit, by its name, is the socket or the proxy of a [[publish]].</summary>
    public static bool IsOne(string unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return unit.StartsWith(Prefix, StringComparison.Ordinal);
    }

    public static ImmutableArray<UnitFile> Of(NamespaceConfig config, RuntimePaths paths, string proxy)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(paths);
        return [.. config.Publish.SelectMany(p => Of(config.Name, paths, p, proxy))];
    }

    private static IEnumerable<UnitFile> Of(string name, RuntimePaths paths, PublishConfig publish, string proxy)
    {
        var stem = $"{Prefix}{name}:{(publish.Listen.Path is { } path ? UnitName.OfPath(path) : publish.Listen.ToString().Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal))}";
        yield return new UnitFile(string.Empty, stem + ".socket", name, stem + ".socket", Socket(name, publish.Listen));
        yield return new UnitFile(string.Empty, stem + ".service", name, stem + ".socket", Service(name, paths, publish, stem, proxy));
    }

    private static string Socket(string name, StreamAddress listen) => $"""
        [Unit]
        Description={Say(listen)} for network namespace {name}
        Documentation=man:wgns(1)

        [Socket]
        ListenStream={(listen.Path is { } path ? path.Replace("%", "%%", StringComparison.Ordinal) : listen.ToString())}
        {Extra(listen)}
        [Install]
        WantedBy=sockets.target

        """;

    // An address of a link that is not up yet at the start of the machine can be listened on all the same.
    private static string Extra(StreamAddress listen) =>
        listen.Path is not null ? "RemoveOnStop=yes\n"
        : IPAddress.IsLoopback(listen.EndPoint!.Address) ? string.Empty
        : "FreeBind=yes\n";

    private static string Service(string name, RuntimePaths paths, PublishConfig publish, string stem, string proxy) => $"""
        [Unit]
        Description={Say(publish.Listen)} to {Say(publish.Connect)} in network namespace {name}
        Documentation=man:wgns(1) man:systemd-socket-proxyd(8)
        Requires={stem}.socket
        After={stem}.socket
        BindsTo={UnitName.NetnsOf(name)}
        After={UnitName.NetnsOf(name)}

        [Service]
        # Not notify: systemd 252 has a proxy that does not say when it is ready, and would end it as one that never is.
        Type=exec
        ExecStart={UnitText.Word(proxy)} {Idle(publish.IdleSeconds)}{UnitText.Word(publish.Connect.ToString())}
        # Its own connections are made in the namespace. The socket that it is handed is the host's, as are the connections
        # that come in by it: answers go back by these, and nothing can be begun on them.
        NetworkNamespacePath={UnitText.Path($"{paths.Netns}/{name}")}
        DynamicUser=yes
        CapabilityBoundingSet=
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
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

    private static string Idle(int seconds) =>
        seconds == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"--exit-idle-time={seconds}s ");

    // A description is text in which only specifiers mean something.
    private static string Say(StreamAddress address) => address.ToString().Replace("%", "%%", StringComparison.Ordinal);
}
