using System.Diagnostics;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Forwarding;

/// <summary>How `wgns forward` begins and ends, and as whom it runs.</summary>
public sealed class LifeTests
{
    [Test]
    public void It_listens_outside_and_runs_inside_as_nobody_without_capabilities()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort();
        var running = lab.Forward(port);
        ShouldBeUnprivileged(lab, running.Pid);
        Within.Run(lab.Lab.Name, "ss", "-H", "-ltn", $"sport = :{port}").Should().BeEmpty("the socket is the host's");
    }

    /// <summary>It has the host's sockets and sees the host's files, and it is nobody's. The control is a process of the host's that is, too.</summary>
    [Test]
    public void A_command_inside_of_the_same_user_gets_nothing_of_the_host_by_it()
    {
        using var lab = new ForwardLab();
        var running = lab.Forward(ForwardLab.FreePort());
        ShouldBeUnprivileged(lab, running.Pid);
        var other = lab.Lab.Own(new Running("setpriv", ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "sleep", "100"]));
        Until.True(() => File.ReadAllText($"/proc/{other.Pid}/comm") == "sleep\n").Should().BeTrue();

        Look(other.Pid).Exit.Should().Be(0);
        Until.True(() => Look(running.Pid).Exit != 0).Should().BeTrue("/proc/PID/root leads past the private /run, and pidfd_getfd(2) asks for more than that does");

        Answer Look(int pid) => Cli.Run("exec", lab.Lab.Name, "--user", "nobody", "--", "ls", "-d", $"/proc/{pid}/root/run");
    }

    [TestCase("0", "by root")]
    [TestCase("root", "by root")]
    [TestCase("nobody-of-that-name", "there is no user")]
    public void It_does_not_stay_root(string user, string words)
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort();
        var answer = lab.Start("--user", user, ForwardLab.Text(port), "80").End();
        answer.Exit.Should().Be(2);
        answer.Errors.Should().Contain(words);
        ForwardLab.Listens(port).Should().BeFalse();
    }

    [Test]
    public void Sockets_that_a_service_manager_opened_are_taken_over_with_what_waits_in_them()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort();
        var service = lab.Serve(80);
        var manager = lab.Lab.Own(new Running(
            "systemd-socket-activate", ["-l", $"127.0.0.1:{port}", Cli.Binary, "forward", "--netns", lab.Lab.Name, "fd:3", "80"]));
        Until.True(() => ForwardLab.Listens(port) || manager.HasEnded).Should().BeTrue();
        using var client = ForwardLab.Connect(port);
        client.Send("first"u8);
        using var inside = ForwardLab.Accept(service);
        var heard = new byte[5];
        inside.Receive(heard).Should().Be(5);
        ShouldBeUnprivileged(lab, manager.Pid);
        File.ReadAllText($"/proc/{manager.Pid}/environ").Should().NotContain("LISTEN_");
    }

    [Test]
    public void Sockets_of_UDP_that_a_service_manager_opened_are_taken_over()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort(SocketType.Dgram);
        var service = lab.Serve(53, SocketType.Dgram);
        var manager = lab.Lab.Own(new Running(
            "systemd-socket-activate", ["-d", "-l", $"127.0.0.1:{port}", Cli.Binary, "forward", "--netns", lab.Lab.Name, "fd:3", "53"]));
        Until.True(() => ForwardLab.Listens(port, "-lun") || manager.HasEnded).Should().BeTrue();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.Connect(System.Net.IPAddress.Loopback, port);
        client.Send("first"u8);
        service.ReceiveTimeout = 20000;
        service.Receive(new byte[16]).Should().Be(5);
    }

    [TestCase("fd:3", "it is no socket that listens")]
    [TestCase("fd:99", "it is no socket that listens")]
    public void A_descriptor_that_is_no_socket_is_refused(string descriptor, string words)
    {
        using var lab = new ForwardLab();
        var answer = lab.Start(descriptor, "80").End();
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain(words);
    }

    [Test]
    public void It_ends_when_it_was_idle_and_not_before()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort();
        var service = lab.Serve(80);
        var running = lab.Forward(port, "--idle", "1");
        var client = ForwardLab.Connect(port);
        var inside = ForwardLab.Accept(service);
        Thread.Sleep(2500);
        running.HasEnded.Should().BeFalse("a connection is open, if a quiet one");
        client.Dispose();
        inside.Dispose();
        var clock = Stopwatch.StartNew();
        Until.True(() => running.HasEnded, 10).Should().BeTrue();
        clock.Elapsed.Should().BeGreaterThan(TimeSpan.FromMilliseconds(800));
        running.End().Exit.Should().Be(0);
    }

    [Test]
    public void Told_to_end_it_takes_nothing_new_and_lets_what_is_open_come_to_its_end()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort();
        var service = lab.Serve(80);
        var running = lab.Forward(port, "--grace", "30");
        using var client = ForwardLab.Connect(port);
        using var inside = ForwardLab.Accept(service);
        running.Signal("TERM");
        Until.True(() => !ForwardLab.Listens(port)).Should().BeTrue();
        client.Send("late"u8);
        inside.Receive(new byte[8]).Should().Be(4);
        running.HasEnded.Should().BeFalse();
        client.Shutdown(SocketShutdown.Send);
        inside.Receive(new byte[8]).Should().Be(0);
        inside.Shutdown(SocketShutdown.Send);
        Until.True(() => running.HasEnded, 5).Should().BeTrue();
        running.End().Exit.Should().Be(0);
    }

    [Test]
    public void What_is_open_past_its_time_is_broken_off_and_a_second_signal_does_not_wait()
    {
        using var lab = new ForwardLab();
        var (first, second) = (ForwardLab.FreePort(), ForwardLab.FreePort());
        var service = lab.Serve(80);
        var brief = lab.Forward(first, "--grace", "1");
        using var client = ForwardLab.Connect(first);
        using var open = ForwardLab.Accept(service);
        brief.Signal("TERM");
        var seeing = () => client.Receive(new byte[1]);
        seeing.Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        brief.End(seconds: 5).Exit.Should().Be(0);

        var patient = lab.Forward(second, "--grace", "600");
        using var other = ForwardLab.Connect(second);
        using var held = ForwardLab.Accept(service);
        patient.Signal("TERM");
        Until.True(() => !ForwardLab.Listens(second)).Should().BeTrue();
        patient.HasEnded.Should().BeFalse();
        patient.Signal("TERM").End(seconds: 5).Exit.Should().Be(0);
    }

    [Test]
    public void With_a_holder_of_its_input_it_ends_when_that_one_does()
    {
        using var lab = new ForwardLab();
        var running = lab.Forward(ForwardLab.FreePort(), "--attended");
        running.Say("words").HasEnded.Should().BeFalse();
        running.End(seconds: 10).Exit.Should().Be(0);
    }

    private static void ShouldBeUnprivileged(ForwardLab lab, int pid)
    {
        // It opens its sockets first.
        Until.True(() => !File.ReadAllText($"/proc/{pid}/status").Contains("Uid:\t0\t", StringComparison.Ordinal)).Should().BeTrue();
        var status = File.ReadAllLines($"/proc/{pid}/status").Select(l => l.Split(':', 2)).ToDictionary(l => l[0], l => l[1].Trim());
        var nobody = Tool.Run("id", "-u", "nobody").Trim();
        status["Uid"].Split('\t').Should().OnlyContain(u => u == nobody);
        status["Groups"].Split(' ').Should().NotContain("0");
        foreach (var set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        {
            status[set].Should().Be("0000000000000000", set);
        }

        status["NoNewPrivs"].Should().Be("1");
        var inside = Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{lab.Lab.Name}").Trim();
        Directory.EnumerateDirectories($"/proc/{pid}/task").Select(t => new FileInfo($"{t}/ns/net").LinkTarget).Distinct()
            .Should().Equal([$"net:[{inside}]"], "every thread is inside");
    }
}
