using System.Collections.Immutable;
using Wgns.Nscd;

namespace Wgns.Confinement;

/// <summary>Who gets a path of the host's /run.</summary>
[Flags]
public enum AllowedTo
{
    /// <summary>Services: systemd's units.</summary>
    Services = 1,

    /// <summary>What a person starts: `exec`.</summary>
    Commands = 2,
    Both = Services | Commands,
}

/// <summary>One path of the host's /run that is there inside too.</summary>
/// <param name="Path">Absolute, below /run. A directory where its sockets come and go: a bind of one keeps showing the new ones.</param>
/// <param name="Why">Who needs it, in words.</param>
public sealed record AllowedPath(string Path, string Why, AllowedTo To = AllowedTo.Both, bool Writable = false)
{
    /// <summary>Where it is seen inside; the same, but for what stands in the place of another.</summary>
    public string Inside { get; init; } = Path;
}

/// <summary>
/// What of the host's /run is seen inside. Unix sockets belong to no network namespace, and most of those in /run lead to
/// a daemon that would go out for whoever asks; so nothing is there that is not named here, whenever it came.
/// </summary>
/// <remarks>
/// Never here: the host's own nscd (asked before any file, hosts too), systemd/resolve and resolvconf, dbus (resolve1, and units that
/// systemd starts outside), avahi-daemon, systemd/private (the same without a bus), NetworkManager, docker, podman, cups.
/// </remarks>
public static class RunAllowList
{
    /// <summary>The whole directory that is private.</summary>
    public const string Root = "/run";

    /// <summary>An empty one of its own, which everybody may write in, as FHS 3.0 has /var/lock.</summary>
    public const string Lock = "/run/lock";

    /// <summary>Of every user who has logged in ($XDG_RUNTIME_DIR is below).</summary>
    public const string Session = "/run/user";

    public static readonly ImmutableArray<AllowedPath> Paths =
    [
        new("/run/systemd/journal", "the journal: standard output of services, sd_journal_send(3), syslog(3) by /dev/log"),
        new("/run/systemd/notify", "sd_notify(3), watchdogs", AllowedTo.Services),
        new("/run/systemd/userdb", "nss-systemd(8): users of DynamicUser=, systemd-userdbd. Answers about users and groups, not hosts"),
        new(NscdFilter.Directory, "nscd's place: a filter that has the host's nscd look up users and groups, and nothing else (NixOS finds them only there)")
        {
            Inside = NscdFilter.HostDirectory,
        },
        new("/run/systemd/system", "sd_booted(3) asks whether it is there"),
        new("/run/current-system", "NixOS: programs"),
        new("/run/booted-system", "NixOS: kernel modules"),
        new("/run/wrappers", "NixOS: programs with rights"),
        new("/run/opengl-driver", "NixOS: graphics"),
        new("/run/opengl-driver-32", "NixOS: graphics"),
        new(Session, "a session's display and sound. The session's bus is there, too", AllowedTo.Commands, Writable: true),
    ];

    public static IEnumerable<AllowedPath> For(AllowedTo whom) => Paths.Where(p => p.To.HasFlag(whom));
}
