using System.Text.RegularExpressions;

namespace Wgns.Tests.Privileged.Processes;

public sealed partial class BecomeTests
{
    private ScratchNetns _scratch = null!;

    [SetUp]
    public void MakeNetns() => _scratch = new ScratchNetns();

    [TearDown]
    public void RemoveNetns() => _scratch.Dispose();

    [TestCase("readlink /proc/self/ns/net")]
    [TestCase("readlink /proc/self/ns/user")]
    [TestCase("grep -E ^(Sig[BIC]|Cap|NoNew|Groups|Uid|Gid) /proc/self/status")]
    [TestCase("cat /proc/self/limits")]
    [TestCase("ls /sys/class/net")]
    [TestCase("cat /proc/self/oom_score_adj")]
    [TestCase("pwd")]
    public void A_command_finds_what_it_finds_in_ip_netns_exec(string command)
    {
        var words = command.Split(' ');

        // The tests' own runtime ignores SIGPIPE, which a user's shell does not.
        var expected = Tool.Run("env", ["--default-signal=PIPE", "ip", "netns", "exec", _scratch.Name, .. words]);
        Tool.Run("env", ["--default-signal=PIPE", BecomeTool.Path, "exec", _scratch.Name, "--", .. words]).Should().Be(expected).And.NotBeEmpty();
    }

    [Test]
    public void A_command_keeps_the_pid_and_gets_three_descriptors()
    {
        Tool.Run("bash", "-c", $"{BecomeTool.Path} exec {_scratch.Name} -- bash -c 'echo $$' & p=$!; wait; echo $p")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Should().ContainSingle();
        Tool.Run("bash", "-c", $"exec 7</etc/passwd 251>/dev/null; {BecomeTool.Path} exec {_scratch.Name} -- ls /proc/self/fd")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal("0", "1", "2", "3"); // 3 is ls' own
    }

    [Test]
    public void Nohup_still_holds_and_a_closed_pipe_still_ends_the_command()
    {
        // Whoever started the tests may ignore signals of his own; the program must hand down those too. SIGPIPE is
        // the exception: the runtime of the tests ignores it, as the program's own does, and a command never should.
        const string nohup = "trap '' HUP INT USR1; ";
        var plain = Ignored(Tool.Run("bash", "-c", nohup + "cat /proc/self/status")) & ~0x1000UL;
        (plain & (0x1 | 0x2 | 0x200)).Should().Be(0x1 | 0x2 | 0x200);
        Ignored(Tool.Run("bash", "-c", $"{nohup}{BecomeTool.Path} exec {_scratch.Name} -- cat /proc/self/status")).Should().Be(plain);
        Tool.Run("bash", "-c", $"{BecomeTool.Path} exec {_scratch.Name} -- yes | head -1; echo ${{PIPESTATUS[0]}}")
            .Should().Be("y\n141\n");
    }

    [Test]
    public void The_limit_of_descriptors_is_the_shells_and_not_the_runtimes() =>
        Tool.Run("bash", "-c", $"ulimit -Sn 999; {BecomeTool.Path} exec {_scratch.Name} -- bash -c 'ulimit -Sn'; true").Trim()
            .Should().Be("999");

    [Test]
    public void Mounts_made_inside_do_not_reach_the_host_and_other_namespaces_are_not_held()
    {
        var inside = Tool.Run(BecomeTool.Path, "exec", _scratch.Name, "--", "sh", "-c", "mount -t tmpfs inside-only /mnt; cat /proc/self/mountinfo");
        inside.Should().Contain("inside-only").And.NotContain("/run/netns").And.NotContain("shared:").And.NotContain("master:");
        File.ReadAllText("/proc/self/mountinfo").Should().NotContain("inside-only");
    }

    [Test]
    public void A_user_has_no_capabilities_and_gets_none_and_has_a_home()
    {
        var status = Tool.Run(BecomeTool.Path, "exec", _scratch.Name, "--user", "nobody", "--", "cat", "/proc/self/status");
        var uid = Tool.Run("id", "-u", "nobody").Trim();
        var gid = Tool.Run("id", "-g", "nobody").Trim();
        status.Should().Contain($"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\n").And.Contain($"Gid:\t{gid}\t{gid}\t{gid}\t{gid}\n")
            .And.Contain($"Groups:\t{gid} \n").And.Contain("CapPrm:\t0000000000000000").And.Contain("CapEff:\t0000000000000000")
            .And.Contain("NoNewPrivs:\t1");
        Tool.Run(BecomeTool.Path, "exec", _scratch.Name, "--user", "nobody", "--", "sh", "-c", "echo $USER $LOGNAME $HOME $SHELL").Trim()
            .Should().Be("nobody nobody " + string.Join(' ', Tool.Run("getent", "passwd", "nobody").Trim().Split(':')[^2..]));
        Tool.Run(BecomeTool.Path, "exec", _scratch.Name, "--user", "12345:54321", "--", "id", "-G").Trim().Should().Be("54321");
    }

    [TestCase("no-such-program", 127)]
    [TestCase("/etc/no/such", 127)]
    [TestCase("/etc", 126)]
    [TestCase("/etc/passwd", 126)]
    public void A_command_that_cannot_run_is_told_as_shells_tell_it(string command, int status)
    {
        var answer = Tool.Ask(BecomeTool.Path, "exec", _scratch.Name, "--user", "nobody", "--", command);
        answer.Exit.Should().Be(status);
        answer.Errors.Should().Contain($"execute {command}: ");
    }

    [Test]
    public void A_script_without_a_first_line_runs_in_sh() => WithDirectory(directory =>
    {
        File.WriteAllText(directory + "/script", "echo \"$0 $1\"\n");
        Tool.Run("chmod", "755", directory + "/script");
        Tool.Run(BecomeTool.Path, "exec", _scratch.Name, "--", directory + "/script", "a b").Trim()
            .Should().Be(directory + "/script a b");
    });

    [Test]
    public void Files_for_etc_are_seen_inside_and_not_outside() => WithDirectory(directory =>
    {
        File.WriteAllText(directory + "/hostname", "inside\n");
        File.WriteAllText(directory + "/not-in-etc", "");
        var before = File.ReadAllText("/etc/hostname");
        Tool.Run(BecomeTool.Path, "exec", _scratch.Name, "--bind", $"{directory}/hostname:/etc/hostname", "--", "cat", "/etc/hostname").Should().Be("inside\n");
        Tool.Run(BecomeTool.Path, "exec", _scratch.Name, "--overlay", directory, "--", "sh", "-c", "cat /etc/hostname; ls /etc/not-in-etc /etc/passwd; touch /etc/x 2>&1 || echo ro")
            .Should().StartWith("inside\n/etc/not-in-etc\n/etc/passwd\n").And.EndWith("ro\n");
        File.ReadAllText("/etc/hostname").Should().Be(before);
        File.Exists("/etc/not-in-etc").Should().BeFalse();
    });

    [Test]
    public void A_resolv_conf_that_cannot_be_put_in_place_stops_the_command() => WithDirectory(directory =>
    {
        File.CreateSymbolicLink(directory + "/resolv.conf", directory + "/nowhere");
        var answer = Tool.Ask(BecomeTool.Path, "exec", _scratch.Name, "--bind", $"{directory}/resolv.conf:/etc/resolv.conf", "--", "true");
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain($"mount {directory}/resolv.conf on /etc/resolv.conf: No such file or directory");
    });

    private static void WithDirectory(Action<string> test)
    {
        var directory = Directory.CreateTempSubdirectory("wgns-etc").FullName;
        try
        {
            Tool.Run("chmod", "755", directory);
            test(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static ulong Ignored(string status) => Convert.ToUInt64(SigIgn().Match(status).Groups[1].Value, 16);

    [GeneratedRegex("SigIgn:\t(.*)")]
    private static partial Regex SigIgn();
}
