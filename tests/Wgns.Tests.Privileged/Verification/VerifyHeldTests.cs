using System.Globalization;

namespace Wgns.Tests.Privileged.Verification;

/// <summary>`wgns verify` of what a process inside holds from outside.</summary>
[Category("UserNamespace")]
public sealed class VerifyHeldTests
{
    [Test]
    public void An_AF_VSOCK_socket_fails_though_it_was_made_inside()
    {
        if (Tool.Ask("python3", "-c", "import socket; socket.socket(40, 1)").Exit != 0)
        {
            Assert.Inconclusive("this kernel has no AF_VSOCK");
        }

        using var lab = VerifyTests.Up();
        using var good = Sleeping(lab);
        lab.Enter("nsenter", "-t", Pid(good), "-m", "python3", "-c", "import socket, time; s = socket.socket(40, 1); print('made', flush=True); time.sleep(60)").Hear("made");
        Until.True(() => lab.Status().GetProperty("processes").GetArrayLength() == 2).Should().BeTrue();

        VerifyTests.Failures(lab).Should().ContainSingle().Which.Value.Should().Contain("(vsock)");
    }

    [Test]
    public void A_thread_that_is_outside_fails_though_the_process_is_inside()
    {
        using var lab = VerifyTests.Up();
        using var good = Sleeping(lab);
        lab.Enter("nsenter", "-t", Pid(good), "-m", "python3", "-c", $"""
            import ctypes, threading, time
            def leave():
                libc = ctypes.CDLL(None, use_errno=True)
                with open("/proc/{Environment.ProcessId}/ns/net") as outside:
                    assert libc.setns(outside.fileno(), 0x40000000) == 0
                time.sleep(60)
            threading.Thread(target=leave, daemon=True).start()
            time.sleep(60)
            """);
        Until.True(() => lab.Status().GetProperty("processes").GetArrayLength() == 2).Should().BeTrue();

        Until.True(() => VerifyTests.Failures(lab).Values.Any(v => v.Contains("of it is outside", StringComparison.Ordinal))).Should().BeTrue();
        VerifyTests.Failures(lab).Should().ContainSingle();
    }

    [Test]
    public void A_TUN_of_outside_is_not_handed_in_and_fails_where_it_was()
    {
        using var lab = VerifyTests.Up();
        var ifname = $"tap{Environment.ProcessId}";
        Running Handing(string option) => new("python3", ["-c", $"""
            import fcntl, os, struct, sys
            tap = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", b"{ifname}", 0x1002))
            os.dup2(tap, 0)
            os.execv(sys.argv[1], [sys.argv[1], "exec", "{lab.Name}", {option} "--", "sleep", "60"])
            """, Cli.Binary]);

        using (var refused = Handing(""))
        {
            var answer = refused.End();
            answer.Exit.Should().Be(1);
            answer.Errors.Should().Contain("descriptor 0 is");
        }

        using var handed = Handing("\"--allow-sockets\",");
        Until.True(() => lab.Status().GetProperty("processes").GetArrayLength() == 1).Should().BeTrue();

        VerifyTests.Failures(lab).Should().ContainSingle().Which.Value.Should().Contain("descriptor 0 (TUN or TAP)");
    }

    [Test]
    public void A_unix_socket_whose_maker_has_ended_is_told_by_who_has_the_other_end_by_now()
    {
        using var lab = VerifyTests.Up();
        using (var maker = new Running("python3", ["-c", $"""
            import os, socket, sys
            ours, theirs = socket.socketpair()
            null = os.open("/dev/null", os.O_RDWR)
            os.dup2(null, 1)
            os.dup2(null, 2)
            if os.fork() == 0:
                ours.close()
                theirs.recv(1)
            elif os.fork() == 0:
                os.dup2(ours.fileno(), 0)
                os.execv(sys.argv[1], [sys.argv[1], "exec", "{lab.Name}", "--", "sleep", "60"])
            """, Cli.Binary]))
        {
            maker.End().Exit.Should().Be(0);
        }

        Until.True(() => lab.Status().GetProperty("processes").GetArrayLength() == 1).Should().BeTrue();
        var inside = lab.Status().GetProperty("processes")[0].GetProperty("pid").GetInt32();
        var words = Cli.Do("verify", lab.Name);

        // With it goes the other half's holder, who waits for its end.
        Tool.Run("kill", inside.ToString(CultureInfo.InvariantCulture));
        words.Should().MatchRegex(@"is connected to python3 \([0-9]+\), outside, by unix sockets").And.NotContain("holds nothing from outside").And.NotContain("to whom is unknown");
    }

    /// <summary>Of these the kernel keeps no process.</summary>
    [Test]
    public void A_connected_datagram_socket_is_told_by_who_has_the_other_end()
    {
        using var lab = VerifyTests.Up();
        using var outside = new Running("python3", ["-c", $"""
            import socket, time
            one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            one.bind("{lab.Directory}/datagrams")
            print("bound", flush=True)
            time.sleep(60)
            """]);
        outside.Hear("bound");
        Running Connecting(string before, string address) => Cli.Start("exec", lab.Name, "--", "python3", "-c", $"""
            import socket, time
            one, other = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            {before}
            other.connect({address})
            print("connected", flush=True)
            time.sleep(60)
            """);

        using (var within = Connecting("one.bind('\\0wgns-verify')", "'\\0wgns-verify'"))
        {
            within.Hear("connected");
            Cli.Do("verify", lab.Name).Should().Contain("holds nothing from outside");
        }

        using var across = Connecting("", $"'{lab.Directory}/datagrams'");
        across.Hear("connected");
        Cli.Do("verify", lab.Name).Should().Contain($"is connected to python3 ({Pid(outside)}), outside, by unix sockets");
    }

    private static Running Sleeping(Lab lab)
    {
        var running = Cli.Start("exec", lab.Name, "--", "sleep", "60");
        Until.True(() => lab.Status().GetProperty("processes").GetArrayLength() == 1).Should().BeTrue();
        return running;
    }

    private static string Pid(Running running) => running.Pid.ToString(CultureInfo.InvariantCulture);
}
