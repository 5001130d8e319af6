using System.Globalization;

namespace Wgns.Tests.Privileged.Commands;

/// <summary>`wgns exec`, beside `ip netns exec`.</summary>
[Category("UserNamespace")]
public sealed class ExecTests
{
    [TestCase("exit 0", 0)]
    [TestCase("exit 3", 3)]
    [TestCase("exit 126", 126)]
    [TestCase("kill -TERM $$", 143)]
    [TestCase("kill -KILL $$", 137)]
    [TestCase("kill -PIPE $$", 141)]
    public void The_exit_status_is_the_commands_own(string script, int status)
    {
        using var lab = new Lab();
        lab.Up();
        Cli.Run("exec", lab.Name, "--", "sh", "-c", script).Exit.Should().Be(status);
    }

    [Test]
    public void A_command_that_is_not_there_is_127_and_one_that_cannot_be_executed_is_126()
    {
        using var lab = new Lab();
        lab.Up();
        var missing = Cli.Run("exec", lab.Name, "--", "no-such-command-anywhere");
        missing.Exit.Should().Be(127);
        missing.Errors.Should().Contain("no-such-command-anywhere");
        Cli.Run("exec", lab.Name, "--", lab.Config).Exit.Should().Be(126);
        Cli.Run("exec", lab.Name, "--", "/etc").Exit.Should().Be(126);
    }

    [Test]
    public void Input_output_and_arguments_go_through_as_they_are()
    {
        using var lab = new Lab();
        lab.Up();
        using var cat = Cli.Start("exec", lab.Name, "--", "cat");
        cat.End("ä line\nand another").Output.Should().Be("ä line\nand another\n");
        Cli.Do("exec", lab.Name, "--", "printf", "<%s>", "--help", "a b", "", "--", "-x", "ü")
            .Should().Be("<--help><a b><><--><-x><ü>\n");
    }

    [Test]
    public void Arguments_and_variables_that_are_not_UTF_8_reach_the_command_byte_for_byte()
    {
        using var lab = new Lab();
        lab.Up();
        const string Look = """
            v=$(printf 'caf\351') w=$(printf '\377\376z')
            LATIN="$v" "$0" exec "$1" -- sh -c 'printf "%s|%s|%s|%s" "$LATIN" "$@" | od -An -tx1 -v' sh "$v" "$w" 'ü'
            """;
        var ours = Tool.Run("sh", "-c", Look, Cli.Binary, lab.Name);
        ours.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Should().Equal(
            "63", "61", "66", "e9", "7c", "63", "61", "66", "e9", "7c", "ff", "fe", "7a", "7c", "c3", "bc");
    }

    [Test]
    public void The_command_is_the_same_process()
    {
        using var lab = new Lab();
        lab.Up();
        using var shell = new Running("sh", ["-c", "echo $$; exec \"$0\" exec \"$1\" -- sh -c 'echo $$'", Cli.Binary, lab.Name]);
        shell.End().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Should().ContainSingle();
    }

    [Test]
    public void The_command_is_in_the_namespace_with_its_dns_files_and_its_sys()
    {
        using var lab = new Lab();
        lab.Up();
        Cli.Do("exec", lab.Name, "--", "readlink", "/proc/self/ns/net").Trim().Should().Be(
            Within.Run(lab.Name, "readlink", "/proc/self/ns/net").Trim());
        Cli.Do("exec", lab.Name, "--", "cat", "/etc/resolv.conf").Should().Be(File.ReadAllText(lab.ResolvConf));
        Cli.Do("exec", lab.Name, "--", "cat", "/etc/nsswitch.conf").Should().Contain("hosts:     files dns");
        Cli.Do("exec", lab.Name, "--", "ls", "/sys/class/net").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Should().BeEquivalentTo("lo", lab.Name);
    }

    [Test]
    public void Signals_limits_descriptors_and_capabilities_are_those_that_ip_netns_exec_gives()
    {
        using var lab = new Lab();
        lab.Up();
        const string Look = "grep -E '^(Sig|Shd|Cap|Uid|Gid|Groups)' /proc/self/status | grep -v SigQ; cat /proc/self/limits; umask; ls /proc/self/fd; cat /proc/self/oom_score_adj; ps -o ni= -p $$";

        // ip hands on what it has. So that it has no more than a user's shell gives it, what a .NET parent lets through goes first.
        const string Clean = "for f in /proc/$$/fd/*; do n=${f##*/}; case $n in 0|1|2|255) ;; *) eval \"exec $n>&-\";; esac; done;";
        string As(string how) => Tool.Run(
            "env", "--default-signal=PIPE", "bash", "-c", $"{Clean} ulimit -S -n 777; ulimit -S -c 0; trap '' QUIT; {how} sh -c \"$0\"; true", Look);
        var ours = As($"{Cli.Binary} exec {lab.Name} --");
        ours.Should().Be(As($"ip netns exec {lab.Name}"));
        ours.Should().Contain("777");
    }

    [Test]
    public void What_the_command_mounts_does_not_reach_the_host()
    {
        using var lab = new Lab();
        lab.Up();
        var before = File.ReadAllLines("/proc/self/mountinfo");
        Cli.Do("exec", lab.Name, "--", "sh", "-c", "mount -t tmpfs wgns-test /mnt && grep -c wgns-test /proc/self/mountinfo").Trim().Should().Be("1");
        using (var running = lab.Own(Cli.Start("exec", lab.Name, "--", "sh", "-c", "mount -t tmpfs wgns-test /mnt; echo mounted; read x")))
        {
            running.Hear("mounted");
            File.ReadAllLines("/proc/self/mountinfo").Should().Equal(before);
        }
    }

    [Test]
    public void A_program_inside_does_not_keep_the_name_of_another_namespace_alive()
    {
        using var lab = new Lab();
        using var other = new Lab();
        lab.Up();
        other.Up();
        var inside = lab.Own(Cli.Start("exec", lab.Name, "--", "sh", "-c", "echo ready; read x"));
        inside.Hear("ready");
        other.Down();
        other.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Ctrl_C_ends_the_command_and_its_exit_status_says_so()
    {
        using var lab = new Lab();
        lab.Up();
        using var running = Cli.Start("exec", lab.Name, "--", "sh", "-c", "echo ready; exec sleep 1000");
        running.Hear("ready");
        running.Signal("INT").End().Exit.Should().Be(130);
    }

    [Test]
    public void An_unknown_namespace_is_an_error_with_a_hint()
    {
        foreach (var (name, hint) in new[] { ("no-such-namespace", "wgns up no-such-namespace"), ("../etc", "takes a NAME, and no path") })
        {
            var answer = Cli.Run("exec", name, "--", "true");
            answer.Exit.Should().Be(1);
            answer.Errors.Should().Contain("there is no namespace").And.Contain(hint);
        }
    }

    [Test]
    public void A_namespace_that_wgns_did_not_make_is_not_entered()
    {
        using var lab = new Lab();
        Tool.Run("ip", "netns", "add", lab.Name);
        try
        {
            var answer = Cli.Run("exec", lab.Name, "--", "echo", "inside");
            answer.Exit.Should().Be(1);
            answer.Output.Should().BeEmpty();
            answer.Errors.Should().Contain("was not made by wgns");
        }
        finally
        {
            Tool.Run("ip", "netns", "delete", lab.Name);
        }
    }

    [TestCase("resolv.conf")]
    [TestCase("nsswitch.conf")]
    public void A_dns_file_that_is_gone_stops_the_command_before_the_hosts_resolvers_are_asked(string file)
    {
        using var lab = new Lab();
        lab.Up();
        File.Delete($"/etc/netns/{lab.Name}/{file}");
        var answer = Cli.Run("exec", lab.Name, "--", "echo", "inside");
        answer.Exit.Should().Be(1);
        answer.Output.Should().BeEmpty();
        answer.Errors.Should().Contain($"/etc/netns/{lab.Name}/{file}").And.Contain($"wgns up {lab.Name}");
        lab.Up();
        Cli.Do("exec", lab.Name, "--", "echo", "inside").Should().Be("inside\n");
    }

    [Test]
    public void The_command_finds_the_namespaces_name_in_its_environment_and_nothing_else_new()
    {
        using var lab = new Lab();
        lab.Up();
        var environment = new Dictionary<string, string?> { ["SOME"] = "thing ", ["WGNS_NAMESPACE"] = "wrong" };
        using var ours = new Running(Cli.Binary, ["exec", lab.Name, "--", "env"], null, environment);
        using var plain = new Running("env", [], null, environment);
        ours.End().Output.Split('\n').Should().BeEquivalentTo(
            plain.End().Output.Split('\n').Select(l => l == "WGNS_NAMESPACE=wrong" ? $"WGNS_NAMESPACE={lab.Name}" : l));
    }

    [Test]
    public void A_command_that_was_entered_keeps_its_netns_number_after_the_tunnel_closed()
    {
        using var lab = new Lab();
        lab.Up();
        var running = lab.Own(Cli.Start("exec", lab.Name, "--", "sh", "-c", "echo ready; while read x; do readlink /proc/self/ns/net; done"));
        running.Hear("ready");
        var number = Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{lab.Name}").Trim();
        lab.TryDown().Errors.Should().Contain(string.Create(CultureInfo.InvariantCulture, $"sh ({running.Pid})"));
        running.Say("where").Hear($"net:[{number}]");
    }
}
