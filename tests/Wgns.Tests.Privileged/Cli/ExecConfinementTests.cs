using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Commands;

/// <summary>What `wgns exec` shows of /run and /etc, while the host changes its own.</summary>
public sealed class ExecConfinementTests
{
    /// <summary>
    /// In a mount namespace of its own, with a copy of /etc, so that it may do to "the host" what it likes. Inside runs a
    /// program that answers each line with what it sees.
    /// </summary>
    private const string Host = """
        set -eu
        cp -a /etc "$D/etc"
        mount --bind "$D/etc" /etc
        mkdir "$D/nscd"
        mkdir -p /run/nscd
        coproc INSIDE {
          exec "$WGNS" exec "$NAME" -- bash -c '
            while read -r; do
              echo "$(sed -n "s/^nameserver //p" /etc/resolv.conf)," \
                "$(grep -c "^hosts: *files dns$" /etc/nsswitch.conf)," \
                "$([[ -e /var/run/nscd/socket || -e /run/nscd ]] && echo nscd || echo none)," \
                "$(getent passwd root | cut -d: -f3) $(id -un)"
            done'
        }
        ask() {
          echo >&"${INSIDE[1]}"
          read -r -t 20 answer <&"${INSIDE[0]}"
          echo "$1: $answer"
        }
        ask before
        echo "nameserver 192.0.2.1" >/etc/resolv.conf.new; mv /etc/resolv.conf.new /etc/resolv.conf
        echo "hosts: resolve" >/etc/nsswitch.new; mv /etc/nsswitch.new /etc/nsswitch.conf
        ask renamed
        ln -sf /run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
        ask linked
        rm /etc/resolv.conf /etc/nsswitch.conf
        ask removed
        mount --bind "$D/nscd" /run/nscd
        echo "mounted"
        read -r
        # The host has it.
        [[ -S /var/run/nscd/socket ]]
        ask nscd
        rm /run/nscd/socket
        echo "gone"
        read -r
        [[ -S /var/run/nscd/socket ]]
        ask again
        exec {INSIDE[1]}>&-
        wait $INSIDE_PID
        """;

    [Test]
    public void In_a_chroot_that_is_no_mount_point_the_cure_is_said_and_helps()
    {
        using var lab = new Lab();
        lab.Up();
        // In memory, and in a mount namespace that goes: nothing is to be removed, which through a bind would be the machine's own files.
        const string Chroot = """
            mount -t tmpfs chroot "$2" && mkdir "$2/r" || exit 99
            for d in /[!t]*; do
              if test -L "$d"; then cp -a "$d" "$2/r$d"; elif test -d "$d"; then mkdir "$2/r$d" && mount --rbind "$d" "$2/r$d"; fi
            done
            case $0 in /t*) mkdir -p "$2/r${0%/*}" && mount --bind "${0%/*}" "$2/r${0%/*}" ;; esac
            chroot "$2/r" "$0" exec "$1" -- echo inside; echo exit $?
            mount --rbind "$2/r" "$2/r"
            chroot "$2/r" "$0" exec "$1" -- echo inside; echo exit $?
            """;
        var program = new FileInfo(Cli.Binary).ResolveLinkTarget(true)?.FullName ?? Cli.Binary;
        using var run = new Running("unshare", ["-m", "--propagation", "private", "sh", "-c", Chroot, program, lab.Name, Directory.CreateDirectory(Path.Combine(lab.Directory, "chroot")).FullName]);
        var answer = run.End();
        answer.Output.Should().Be("exit 1\ninside\nexit 0\n", answer.Words);
        answer.Errors.Should().Contain("make the mounts private").And.Contain("mount --bind");
    }

    [Test]
    public void Nothing_that_the_host_does_to_its_resolv_conf_or_its_nscd_is_seen_inside()
    {
        using var lab = new Lab();
        lab.Up();
        using var host = new Running(
            "unshare",
            ["--mount", "--propagation", "private", "bash", "-c", Host],
            null,
            new Dictionary<string, string?> { ["D"] = lab.Directory, ["WGNS"] = Cli.Binary, ["NAME"] = lab.Name });
        var socket = $"{lab.Directory}/nscd/socket";
        host.Hear("mounted");
        using (var nscd = Listen(socket))
        {
            host.Say("it is there").Hear("gone");
        }

        using var again = Listen(socket);
        var answer = host.Say("it is there again").End();
        var server = File.ReadAllLines(lab.ResolvConf).Single(l => l.StartsWith("nameserver ", StringComparison.Ordinal))[11..];
        answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal(
            ((string[])["before", "renamed", "linked", "removed", "mounted", "nscd", "gone", "again"])
                .Select(w => w is "mounted" or "gone" ? w : $"{w}: {server}, 1, none, 0 root"),
            answer.Errors);
        answer.Exit.Should().Be(0);
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    [Test]
    public void Run_has_nothing_of_the_host_but_what_the_list_names()
    {
        using var lab = new Lab();
        lab.Up();
        var allowed = Wgns.Confinement.RunAllowList.For(Wgns.Confinement.AllowedTo.Commands).Select(p => p.Path.Split('/')[2]).Append("lock").Append("wgns");
        Cli.Do("exec", lab.Name, "--", "ls", "-A", "/run").Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().BeSubsetOf(allowed);
        Cli.Do("exec", lab.Name, "--", "find", "/run", "-type", "s").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(s => !((string[])["/run/systemd/journal/", "/run/systemd/userdb/", "/run/user/"]).Any(a => s.StartsWith(a, StringComparison.Ordinal)))
            .Should().BeEmpty();
        Cli.Do("exec", lab.Name, "--user", "nobody", "--", "sh", "-c", "touch /run/lock/mine && ls /run/lock").Should().Be("mine\n");
        var refused = Cli.Run("exec", lab.Name, "--", "touch", "/run/x");
        refused.Errors.Should().Contain("Read-only file system");
        File.Exists("/run/x").Should().BeFalse();
    }

    [Test]
    public void Directories_of_etc_are_the_hosts_own_and_files_beside_them_cannot_be_written()
    {
        using var lab = new Lab();
        lab.Up();
        var directory = $"/etc/{lab.Name}";
        Directory.CreateDirectory(directory);
        try
        {
            Cli.Do("exec", lab.Name, "--", "sh", "-c", $"echo mine >{directory}/settings");
            File.ReadAllText($"{directory}/settings").Should().Be("mine\n");
            Cli.Run("exec", lab.Name, "--", "sh", "-c", $"echo theirs >/etc/{lab.Name}.conf").Errors.Should().Contain("Read-only file system");
            File.Exists($"/etc/{lab.Name}.conf").Should().BeFalse();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public void Other_files_of_the_namespace_stand_for_those_of_etc_be_they_there_or_not()
    {
        using var lab = new Lab();
        lab.Up();
        var own = Path.GetDirectoryName(lab.ResolvConf)!;
        File.WriteAllText($"{own}/hostname", "inside\n");
        File.WriteAllText($"{own}/{lab.Name}.new", "new\n");
        Directory.CreateDirectory($"{own}/ssl");
        File.WriteAllText($"{own}/ssl/only", string.Empty);
        try
        {
            Cli.Do("exec", lab.Name, "--", "sh", "-c", $"cat /etc/hostname /etc/{lab.Name}.new; ls /etc/ssl").Should().Be("inside\nnew\nonly\n");
        }
        finally
        {
            File.Delete($"{own}/hostname");
            File.Delete($"{own}/{lab.Name}.new");
            Directory.Delete($"{own}/ssl", recursive: true);
        }
    }

    [Test]
    public void The_working_directory_is_the_one_inside_and_one_that_is_not_there_stops_the_command()
    {
        using var lab = new Lab();
        lab.Up();
        Cli.RunIn("/etc", "exec", lab.Name, "--", "cat", "resolv.conf").Output.Should().Be(File.ReadAllText(lab.ResolvConf));
        var hidden = Cli.RunIn("/run/netns", "exec", lab.Name, "--", "echo", "inside");
        hidden.Exit.Should().Be(1);
        hidden.Output.Should().BeEmpty();
        hidden.Errors.Should().Contain("stay in /run/netns, which is not there inside");
        Cli.RunIn("/usr", "exec", lab.Name, "--", "pwd").Output.Should().Be("/usr\n");
        Cli.RunIn("/sys/class/net", "exec", lab.Name, "--", "ls").Output.Should().Be(Cli.Do("exec", lab.Name, "--", "ls", "/sys/class/net"));
        Cli.RunIn("/usr", "exec", lab.Name, "-C", "share", "--", "pwd").Output.Should().Be("/usr/share\n");
        Cli.RunIn("/run/netns", "exec", lab.Name, "-C", ".", "--", "pwd").Errors.Should().Contain("start in .: No such file or directory");
    }

    /// <summary>Their /run would not stand for it; that of a command does.</summary>
    [Test]
    public void No_service_is_prepared_where_var_run_is_a_directory_of_its_own()
    {
        using var lab = new Lab();
        lab.Up();
        Answer Prepare(string before)
        {
            using var shell = new Running("unshare", ["--mount", "sh", "-c", $"{before}; exec \"$0\" units prepare {lab.Name}", Cli.Binary]);
            return shell.End();
        }

        var refused = Prepare("mount -t tmpfs tmpfs /var && mkdir /var/run");
        refused.Exit.Should().Be(1);
        refused.Errors.Should().Contain("/var/run is a directory of its own");
        Prepare("true").Exit.Should().Be(0);
    }

    [Test]
    public void What_services_see_as_etc_is_made_anew_and_goes_with_the_namespace()
    {
        using var lab = new Lab();
        lab.Up();
        var now = $"/run/wgns/{lab.Name}.etc/now";
        for (var i = 0; i < 18; i++)
        {
            Cli.Do("units", "prepare", lab.Name);
            File.ReadAllText($"{now}/resolv.conf").Should().Be(File.ReadAllText(lab.ResolvConf));
            File.ReadAllText($"{now}/passwd").Should().Be(File.ReadAllText("/etc/passwd"));
        }

        // Some before the last stay for services that are just starting, and no more of them.
        Tool.Run("grep", "-c", $" /run/wgns/{lab.Name}.etc/", "/proc/self/mountinfo").Trim().Should().Be("16");
        File.Delete(lab.ResolvConf);
        Cli.Run("units", "prepare", lab.Name).Errors.Should().Contain("resolv.conf");
        lab.Up();
        lab.Down();
        lab.Leftovers().Should().BeEmpty();
        File.ReadAllText("/proc/self/mountinfo").Should().NotContain($"{lab.Name}.etc");
    }
}
