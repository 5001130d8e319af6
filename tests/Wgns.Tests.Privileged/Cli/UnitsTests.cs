using System.Globalization;

namespace Wgns.Tests.Privileged.Commands;

/// <summary>`wgns units … --install` with a machine's own /etc/systemd/system and /run in front of it, and a systemctl that does as the test says.</summary>
public sealed class UnitsTests
{
    private const string Units = "/etc/systemd/system";

    /// <summary>Writes down what it is asked; files in /run say what becomes of it.</summary>
    private const string Systemctl = """
        #!/bin/sh
        shift 2
        echo "$*" >>/run/asked
        case $1 in
        show)
          shift 4
          for unit; do printf 'Id=%s\nLoadState=loaded\nNeedDaemonReload=%s\n\n' "$unit" "$(test -e /run/outdated && echo yes || echo no)"; done ;;
        daemon-reload)
          if [ -e /run/mute ]; then touch /run/outdated; echo 'Failed to reload daemon: Connection timed out' >&2; exit 1; fi
          rm -f /run/outdated ;;
        try-restart)
          if [ -e /run/refuses ]; then echo 'Job failed' >&2; exit 1; fi
          if [ -e /run/killer ]; then kill -"$(cat /run/killer)" "$PPID"; sleep 0.3; fi ;;
        disable | stop)
          for unit; do case $unit in *"$(cat /run/stuck 2>/dev/null || echo none)"*) echo "Failed to stop $unit" >&2; exit 1 ;; esac; done ;;
        esac
        """;

    [Test]
    public void Installed_twice_nothing_is_written_and_systemd_is_left_alone_the_second_time()
    {
        using var room = new Room();
        var answer = room.Do("wgns units confine NAME web --follow --install; rm /run/asked; wgns units confine NAME web --follow --install; cat /run/asked");
        answer.Exit.Should().Be(0, answer.Words);
        answer.Output.Should().Contain($"wrote {Units}/web.service.d/zz-wgns.conf").And.Contain("nothing changed").And.NotContain("daemon-reload");
    }

    [TestCase("nr_inodes=5", "confine NAME web --follow --install")]
    [TestCase("size=16k", "publish CONFIG --install")]
    public void A_disk_that_is_full_in_the_midst_of_several_files_leaves_all_of_them_as_they_were(string disk, string command)
    {
        using var room = new Room { Disk = disk };
        var answer = room.Do($"mkdir {Units}/web.service.d; echo '[Service]' >{Units}/web.service.d/mine.conf; wgns units {command}; echo exit $?; find {Units} -type f; find {Units} -type d");
        answer.Errors.Should().Contain("No space left on device").And.Contain($"{Units} is as it was").And.Contain("without --install");
        answer.Output.Should().Contain("exit 1").And.NotContain("wrote");
        answer.Output.Split('\n').Where(l => l.StartsWith(Units, StringComparison.Ordinal)).Should().BeEquivalentTo($"{Units}/web.service.d/mine.conf", Units, $"{Units}/web.service.d");
    }

    [Test]
    public void A_full_disk_leaves_the_old_drop_in_whole()
    {
        using var room = new Room { Disk = "size=12k" };
        var answer = room.Do($"wgns units confine NAME web --install && cp {Units}/web.service.d/zz-wgns.conf /run/old; dd if=/dev/zero of={Units}/ballast bs=4k 2>/dev/null;"
            + $" wgns units confine NAME web --allow /run/app --install; echo exit $?; cmp /run/old {Units}/web.service.d/zz-wgns.conf && echo same; ls -A {Units}/web.service.d");
        answer.Output.Should().Contain("exit 1").And.Contain("same").And.NotContain(".zz-wgns.conf.");
        answer.Errors.Should().Contain("No space left on device");
    }

    [Test]
    public void Where_systemd_did_not_reload_the_failure_is_said_and_the_same_command_makes_up_for_it()
    {
        using var room = new Room();
        var answer = room.Do("touch /run/mute; wgns units confine NAME web --install; echo exit $?; rm /run/mute /run/asked; wgns units confine NAME web --install; echo exit $?; cat /run/asked");
        answer.Errors.Should().Contain("systemctl daemon-reload failed: Failed to reload daemon: Connection timed out");
        answer.Output.Should().Contain("exit 1").And.Contain("exit 0").And.Contain("daemon-reload").And.Contain("`systemctl restart web.service` puts it inside");
    }

    [Test]
    public void A_proxy_that_was_not_restarted_is_by_the_same_command_said_again()
    {
        // Stopped between systemd's reading the new file and the restart of what runs by the old one: by a failure, a kill, Ctrl-C.
        foreach (var end in new[] { "touch /run/refuses", "echo KILL >/run/killer", "echo INT >/run/killer" })
        {
            using var room = new Room();
            var answer = room.Do("wgns units publish CONFIG --install >/dev/null; sed -i 's/connect = 8113/connect = 9113/' CONFIG; "
                + $"{end}; wgns units publish CONFIG --install; echo first $?; rm -f /run/refuses /run/killer /run/asked; "
                + "wgns units publish CONFIG --install; echo second $?; cat /run/asked; rm /run/asked; wgns units publish CONFIG --install; echo third; cat /run/asked; ls -A /run/wgns");
            answer.Output.Should().NotContain("first 0", end).And.Contain("second 0", end);
            var (second, third) = (Between(answer.Output, "second", "third"), answer.Output[answer.Output.IndexOf("third", StringComparison.Ordinal)..]);
            second.Split('\n').Where(l => l.StartsWith("try-restart", StringComparison.Ordinal)).Should().ContainSingle(end).Which.Should().MatchRegex(@"18113\.service$");
            third.Should().NotContain("try-restart").And.NotContain("daemon-reload").And.NotContain(".units");
        }
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    [TestCase("HUP")]
    [TestCase("KILL")]
    public void Stopped_at_whatever_moment_each_file_is_whole_and_the_same_command_goes_on(string signal)
    {
        // So many that there is a moment between the first and the last.
        const int Many = 30;
        using var room = new Room();
        var answer = room.Do($$"""
            for p in $(seq 8150 $((8150 + {{Many}} - 4))); do printf '[[publish]]\nlisten = "127.0.0.1:1%s"\nconnect = %s\n' $p $p >>CONFIG; done
            wgns units publish CONFIG --install >/dev/null
            sed 's/connect = 8/connect = 9/' CONFIG >/run/new.toml; mkdir /run/c; mv /run/new.toml /run/c/NAME.toml
            cp -r {{Units}} /run/old; wgns units publish /run/c/NAME.toml --install >/dev/null; cp -r {{Units}} /run/new
            first=wgns-publish-NAME:127.0.0.1:18112.service
            for i in $(seq 0 23); do
              rm -rf {{Units}}/* {{Units}}/.w*; cp -r /run/old/. {{Units}}
              env --default-signal $WGNS units publish /run/c/NAME.toml --install >/run/said 2>&1 &
              wgns=$!
              case $((i % 4)) in
              0) n=0; until ls {{Units}}/.w* >/dev/null 2>&1 || [ $((n += 1)) -gt 300 ]; do :; done ;;
              1) n=0; while cmp -s /run/old/$first {{Units}}/$first && [ $((n += 1)) -le 100 ]; do :; done ;;
              *) sleep 0.00$((i * 2)) ;;
              esac
              kill -{{signal}} $wgns 2>/dev/null
              wait $wgns; status=$?; echo "status $status"; [ $status -ne 134 ] || cat /run/said
              old=$(diff -rq /run/new {{Units}} | grep -c ' differ$'); new=$(diff -rq /run/old {{Units}} | grep -c ' differ$')
              [ $((old + new)) -eq {{Many}} ] || echo "torn: $((old + new - {{Many}})) are neither"
              echo "new $new; left $(ls -A {{Units}} | grep -c '^[.]')"
              wgns units publish /run/c/NAME.toml --install >/dev/null 2>&1 || echo "again $?"
              diff -r /run/new {{Units}} || echo different
            done
            """);

        answer.Output.Should().NotContain("status 134", "it does not crash: {0}", answer.Output).And.NotContain("torn").And.NotContain("again").And.NotContain("different");
        var rounds = answer.Output.Split('\n').Where(l => l.StartsWith("new", StringComparison.Ordinal)).ToList();
        rounds.Should().HaveCount(24, answer.Words);
        if (signal != "KILL")
        {
            rounds.Should().OnlyContain(l => l == "new 0; left 0" || l == $"new {Many}; left 0", "all of them or none, and nothing beside them");
        }

        TestContext.Out.WriteLine(string.Join(", ", answer.Output.Split('\n').CountBy(l => l).Select(p => $"{p.Key}: {p.Value}")));
    }

    private static string Between(string text, string from, string to) =>
        text[text.IndexOf(from, StringComparison.Ordinal)..text.IndexOf(to, StringComparison.Ordinal)];

    [Test]
    public void Of_somebody_elses_namespace_no_unit_is_joined_for_that_one_is_empty()
    {
        using var room = new Room();
        var answer = room.Do("mkdir -p /etc/wgns && mount -t tmpfs wgns /etc/wgns; cp CONFIG /etc/wgns/NAME.toml; "
            + "wgns units confine NAME web --join >/dev/null; echo managed $?; sed -i '1i managed = false' /etc/wgns/NAME.toml; "
            + "wgns units confine NAME web --join --install; echo foreign $?; ls -A " + Units + "; wgns units confine NAME web >/dev/null; echo path $?");
        answer.Output.Should().Be("managed 0\nforeign 1\npath 0\n");
        answer.Errors.Should().Contain("(managed = false)").And.Contain("leave --join out");
    }

    [Test]
    public void Without_systemctl_nothing_is_written()
    {
        using var room = new Room { HasSystemctl = false };
        var answer = room.Do($"wgns units publish CONFIG --install; echo exit $?; find {Units} -type f");
        answer.Errors.Should().Contain("there is no systemctl in PATH").And.Contain($"{Units} is as it was");
        answer.Output.Should().Contain("exit 1").And.NotContain("wgns-publish");
    }

    [Test]
    public void A_socket_that_cannot_be_stopped_keeps_its_files_and_the_others_go()
    {
        using var room = new Room();
        var answer = room.Do($"wgns units publish CONFIG --install >/dev/null; echo 18113.socket >/run/stuck; wgns units remove NAME; echo exit $?; ls {Units}; rm /run/stuck; wgns units remove NAME; echo exit $?; echo left; ls -A {Units}");
        answer.Errors.Should().Contain("Failed to stop").And.Contain("18113.socket").And.Contain("its files stay");
        var (first, second) = (answer.Output[..answer.Output.IndexOf("exit 1", StringComparison.Ordinal)], answer.Output[answer.Output.IndexOf("exit 1", StringComparison.Ordinal)..]);
        first.Should().Contain("removed").And.NotMatchRegex("removed .*18113");
        second.Should().MatchRegex("removed .*18113.*socket").And.Contain("exit 0");
        second[second.IndexOf("left\n", StringComparison.Ordinal)..].Trim().Should().Be("left");
    }

    [Test]
    public void A_service_that_another_namespace_has_is_told_with_that_ones_name()
    {
        using var room = new Room();
        var answer = room.Do("wgns units confine other web --install; wgns units confine NAME web --install; echo exit $?");
        answer.Errors.Should().Contain("is of namespace other, and is left as it is").And.Contain("`wgns units remove other web.service` takes it away");
        answer.Output.Should().Contain("exit 1");
    }

    [Test]
    public void A_port_that_is_published_no_more_is_a_change_and_its_units_go()
    {
        using var room = new Room();
        var answer = room.Do($"wgns units publish CONFIG --install >/dev/null; sed -i '/^.*18113/,$d;' CONFIG; sed -i '$d' CONFIG; wgns units publish CONFIG --install; echo exit $?; ls {Units}");
        answer.Output.Should().MatchRegex("removed .*18113.*socket").And.Contain("exit 0").And.NotContain("nothing changed");
        answer.Output[answer.Output.IndexOf("exit 0", StringComparison.Ordinal)..].Should().Contain("18112").And.NotContain("18113");
    }

    [Test]
    public void What_can_be_no_namespaces_name_leads_to_no_file()
    {
        using var room = new Room();
        var answer = room.Do("mkdir /run/wgns; touch /run/mine.units; wgns units remove ../mine; echo exit $?; ls /run/mine.units");
        answer.Output.Should().Be("exit 2\n/run/mine.units\n");
        answer.Errors.Should().StartWith("wgns: error: \"../mine\" ");
    }

    /// <summary>A mount namespace in which the machine's units and /run are empty.</summary>
    private sealed class Room : IDisposable
    {
        private readonly Lab _lab = new();

        internal Room()
        {
            _lab.Save();
            File.AppendAllText(_lab.Config, "\n[[publish]]\nlisten = \"127.0.0.1:18112\"\nconnect = 8112\n[[publish]]\nlisten = \"127.0.0.1:18113\"\nconnect = 8113\n[[publish]]\nlisten = \"127.0.0.1:18114\"\nconnect = 8114\n");
        }

        internal string Disk { get; init; } = "size=1m";

        internal bool HasSystemctl { get; init; } = true;

        /// <summary>A script, in which `wgns`, NAME and CONFIG stand for what they are here.</summary>
        internal Answer Do(string script)
        {
            var bin = Directory.CreateDirectory(Path.Combine(_lab.Directory, "bin")).FullName;
            if (HasSystemctl)
            {
                File.WriteAllText($"{bin}/systemctl", Systemctl);
                Tool.Run("chmod", "755", $"{bin}/systemctl");
            }

            var own = script.Replace("CONFIG", _lab.Config, StringComparison.Ordinal).Replace("NAME", _lab.Name, StringComparison.Ordinal);
            var whole = string.Create(
                CultureInfo.InvariantCulture,
                $"{(HasSystemctl ? "" : "for p in /usr/local/bin /usr/bin; do test ! -e $p/systemctl || mount --bind /dev/null $p/systemctl; done\n")}mount -t tmpfs -o {Disk} units {Units} && mount -t tmpfs run /run && mkdir -p /run/systemd/system || exit 99\nPATH={bin}:$PATH\nWGNS={Cli.Binary}\nwgns() {{ {Cli.Binary} \"$@\"; }}\n{own}\n");
            using var run = new Running("unshare", ["-m", "sh", "-c", whole]);
            return run.End();
        }

        public void Dispose() => _lab.Dispose();
    }
}
