using System.Diagnostics;
using System.Text.RegularExpressions;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;

namespace Wgns.Tests.Privileged.Processes;

public sealed partial class SpawnTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Test]
    public void A_program_started_on_a_netns_thread_runs_in_that_netns()
    {
        using var scratch = new ScratchNetns();
        var process = NetnsThread.Run(scratch.Netns.Fd, () => Spawn.Start(new SpawnRequest("/bin/sleep", ["60"])));
        try
        {
            new ProcessSurvey().Inside(scratch.Netns.Identity).Should().Equal(new InsideProcess(process.Pid, "sleep"));
            Threads.AllShouldBeAtHome();
        }
        finally
        {
            process.EndGracefully(Patience).Should().Be(ProcessEnd.Ended);
        }

        process.IsAlive().Should().BeFalse();
        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void A_program_inherits_no_signal_no_descriptor_no_group_and_no_raised_limit()
    {
        // A descriptor without close-on-exec, as a careless library leaves it.
        using var leaky = new OwnedFd(Libc.openat(Libc.AT_FDCWD, "/etc/passwd", Libc.O_RDONLY, 0));
        var result = Command.Run(
            new SpawnRequest("/bin/sh", ["-c", "cat /proc/self/status; ls /proc/self/fd; cut -d' ' -f1,5,6 /proc/$$/stat; ulimit -Sn"]), default, Patience);
        result.ExitStatus.Should().Be(0);
        SigLine().Matches(result.Output).Select(m => m.Value).Should()
            .Equal("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000", "SigCgt:\t0000000000000000");
        var last = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^6..];
        last[..4].Should().Equal("0", "1", "2", "3");
        last[4].Split(' ').Distinct().Should().ContainSingle("it leads a session of its own");
    }

    [Test]
    public void A_program_that_is_not_there_is_an_error_with_its_number()
    {
        var act = () => Spawn.Start(new SpawnRequest("/nowhere/wireguard-go", []));
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ENOENT);
    }

    [Test]
    public void Input_and_both_outputs_of_any_length_go_through()
    {
        var input = new byte[1_000_000];
        Random.Shared.NextBytes(input.AsSpan());
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = (byte)('a' + (input[i] % 26));
        }

        var result = Command.Run(new SpawnRequest("/bin/sh", ["-c", "tee /dev/stderr; exit 7"]), input, Patience);
        result.ExitStatus.Should().Be(7);
        result.Output.Should().HaveLength(input.Length).And.Be(result.Errors);
        Command.Run(new SpawnRequest("/bin/true", []), input, Patience).ExitStatus.Should().Be(0, "it need not read its input");
        Command.Run(new SpawnRequest("/bin/sh", ["-c", "kill -TERM $$"]), default, Patience).ExitStatus.Should().Be(143);
        Command.Run(new SpawnRequest("/bin/pwd", []) { WorkingDirectory = "/usr" }, default, Patience).Output.Should().Be("/usr\n");
        Command.Run(new SpawnRequest("/usr/bin/env", []) { Environment = ["A=b c"] }, default, Patience).Output.Should().Be("A=b c\n");
    }

    [Test]
    public void Out_of_time_a_command_and_what_it_started_are_killed()
    {
        var clock = Stopwatch.StartNew();
        var marker = $"4{Environment.ProcessId}";
        var result = Command.Run(new SpawnRequest("/bin/sh", ["-c", $"sleep {marker} & echo started; wait"]), default, TimeSpan.FromMilliseconds(300));
        result.Should().Be(new CommandResult(137, "started\n", "", TimedOut: true));
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
        SpinWait.SpinUntil(() => Tool.Ask("pgrep", "-f", $"^sleep {marker}").Exit == 1, TimeSpan.FromSeconds(2)).Should().BeTrue();
    }

    [Test]
    public void A_network_socket_handed_in_as_a_standard_descriptor_is_noticed()
    {
        // bash opens it on the loopback of a netns without anybody to answer: UDP needs none.
        using var scratch = new ScratchNetns();
        Tool.Run("ip", "-n", scratch.Name, "link", "set", "lo", "up");
        Tool.Run("ip", "netns", "exec", scratch.Name, "bash", "-c", $"{BecomeTool.Path} sockets </dev/udp/127.0.0.1/9").Trim()
            .Should().Be("0");
        Tool.Run("bash", "-c", $"{BecomeTool.Path} sockets </dev/null").Trim().Should().BeEmpty();
    }

    [Test]
    public void A_program_that_ignores_SIGTERM_is_killed()
    {
        var (read, write) = Descriptors.Pipe();
        using (read)
        using (write)
        {
            var process = Spawn.Start(new SpawnRequest("/bin/sh", ["-c", "trap '' TERM; echo; while :; do sleep 1; done"]) { Output = write });
            Polling.Wait(read, Libc.POLLIN, Patience).Should().BeTrue();
            process.EndGracefully(TimeSpan.FromMilliseconds(200)).Should().Be(ProcessEnd.Killed);
            process.IsAlive().Should().BeFalse();
        }
    }

    [Test]
    public void A_pid_with_another_start_time_is_left_alone()
    {
        var process = Spawn.Start(new SpawnRequest("/bin/sleep", ["60"]));
        var another = process with { StartTime = process.StartTime - 1 };
        another.IsAlive().Should().BeFalse();
        another.EndGracefully(Patience).Should().Be(ProcessEnd.WasGone);
        process.IsAlive().Should().BeTrue();
        process.EndGracefully(Patience).Should().Be(ProcessEnd.Ended);
        process.EndGracefully(Patience).Should().Be(ProcessEnd.WasGone);
        ProcessIdentity.Of(process.Pid).Should().BeNull();
    }

    [GeneratedRegex("^Sig(?:Blk|Ign|Cgt):.*$", RegexOptions.Multiline)]
    private static partial Regex SigLine();
}
