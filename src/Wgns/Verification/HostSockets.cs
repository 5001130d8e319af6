using System.Collections.Immutable;
using Wgns.Nscd;

namespace Wgns.Verification;

/// <summary>A socket by which a daemon of the host would go out for whoever asks.</summary>
/// <param name="Does">What it would do.</param>
public sealed record HostSocket(string Path, string Does)
{
    /// <summary>Whether wgns's own filter may stand there, which looks up users and groups, and is no way out.</summary>
    public bool MayBeFiltered { get; init; }

    /// <summary>Whether it is, at a path that leads to it from here: asked of who listens, since a bind tells little of that.</summary>
    internal bool IsFiltered(string path) => MayBeFiltered && NscdFilter.ListensAt(path);
}

/// <summary>Those that a program inside is kept from. /var/run is /run on every machine but old ones, which have both.</summary>
public static class HostSockets
{
    public static readonly ImmutableArray<HostSocket> All =
    [
        new(NscdFilter.HostSocket, "nscd looks names up, and the C library asks it first") { MayBeFiltered = true },
        new("/var" + NscdFilter.HostSocket, "nscd looks names up, and the C library asks it first") { MayBeFiltered = true },
        new("/run/systemd/resolve/io.systemd.Resolve", "systemd-resolved looks names up"),
        new("/run/systemd/resolve/io.systemd.Resolve.Monitor", "systemd-resolved tells what others look up"),
        new("/run/dbus/system_bus_socket", "the system bus leads to systemd-resolved, and to daemons that set up the network"),
        new("/run/avahi-daemon/socket", "avahi asks the neighbours for names"),
        new("/run/systemd/private", "systemd starts programs outside"),
        new("/run/docker.sock", "docker starts programs outside"),
        new("/run/podman/podman.sock", "podman starts programs outside"),
        new("/run/cups/cups.sock", "cups sends documents"),
        new("/run/NetworkManager/private", "NetworkManager sets up the network"),
    ];
}
