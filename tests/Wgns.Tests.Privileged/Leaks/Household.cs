using System.Globalization;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>
/// A shell on a street's machine with a /run and an /etc of its own, in which daemons answer that count who calls them.
/// What it does to them is seen by nobody else: a mount namespace holds it in.
/// </summary>
internal sealed class Household : IDisposable
{
    /// <summary>Those that a program asks for names, and those that go out for whoever asks.</summary>
    internal static readonly IReadOnlyList<string> Sockets =
    [
        "/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve", "/run/dbus/system_bus_socket", "/run/avahi-daemon/socket",
        "/run/systemd/private", "/run/docker.sock.d/docker.sock", "/run/cups/cups.sock",
    ];

    private const string Set = """
        mkdir "$D/run" "$D/etc"
        mount -t tmpfs -o mode=755 tmpfs "$D/run"
        for d in netns wgns wireguard; do mkdir -p "/run/$d" "$D/run/$d"; mount --rbind "/run/$d" "$D/run/$d"; done
        for d in "$D"/daemons/*; do mkdir "$D/run/${d##*/}"; mount --bind "$d" "$D/run/${d##*/}"; done
        mount --rbind "$D/run" /run
        cp -a /etc/. "$D/etc"
        mount --bind "$D/etc" /etc
        rm -f /etc/resolv.conf
        echo "nameserver 192.0.2.1" >/etc/resolv.conf
        sed -i 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf
        while read -r line; do
          eval "$line" 2>&1
          read -r number
          echo "=$number $?"
        done
        """;

    private readonly Dictionary<string, FakeDaemon> _daemons;
    private readonly Running _shell;
    private readonly string _directory;
    private int _count;

    internal Household(Street street, Lab lab, bool keepsMountsToItself = true)
    {
        _directory = lab.Directory;
        _daemons = Sockets.ToDictionary(s => s, s => new FakeDaemon(PathOf(s)));
        _shell = Within.Start(
            street.Host,
            ["unshare", "--mount", "--propagation", "private", "bash", "-c", (keepsMountsToItself ? string.Empty : "mount --make-rshared /;") + Set],
            null,
            new Dictionary<string, string?> { ["D"] = lab.Directory, ["WGNS"] = Cli.Binary, ["TALKER"] = Talker.Path, ["NAME"] = lab.Name });
        lab.Own(this);
    }

    internal int Calls => _daemons.Values.Sum(d => d.Calls);

    internal int CallsOf(string socket) => _daemons[socket].Calls;

    internal void RestartDaemons()
    {
        foreach (var daemon in _daemons.Values)
        {
            daemon.Restart();
        }
    }

    /// <summary>One line of bash, with $WGNS, $TALKER, $NAME and $D (the lab's directory); what it prints.</summary>
    internal string Do(string line)
    {
        var number = (++_count).ToString(CultureInfo.InvariantCulture);
        var before = _shell.Lines().Length;
        _shell.Say(line).Say(number).Hear($"={number} ", seconds: 90);
        var printed = _shell.Lines()[before..];
        return printed[..printed.IndexOf($"={number} ", StringComparison.Ordinal)];
    }

    public void Dispose()
    {
        _shell.Dispose();
        foreach (var daemon in _daemons.Values)
        {
            daemon.Dispose();
        }
    }

    // Directories are bound, so that a socket that is made anew is there too.
    internal string PathOf(string socket) => $"{_directory}/daemons{socket["/run".Length..]}";
}
