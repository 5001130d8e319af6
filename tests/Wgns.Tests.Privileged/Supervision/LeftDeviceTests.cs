using System.Globalization;
using Wgns.Tests.Privileged.Lifecycle;

namespace Wgns.Tests.Privileged.Supervision;

/// <summary>The embedded engine of a supervised namespace is killed, over and over.</summary>
public sealed class LeftDeviceTests
{
    [Test]
    public void An_engine_that_dies_is_started_again_and_the_same_connection_goes_on_with_nothing_else_changed()
    {
        using var lab = LeftDevice.Lab();
        var supervised = new Supervised(lab).ShouldBeReady();
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");
        var look = LeftDevice.Look(lab.Name);
        for (var i = 0; i < 3; i++)
        {
            var pid = Machine.Engine(lab.Name);
            Tool.Run("kill", "-9", pid.ToString(CultureInfo.InvariantCulture));
            Until.True(() => Machine.Engines(lab.Name) is [var now] && now != pid && lab.Status().GetProperty("state").GetString() == "up", 20).Should().BeTrue();
            LeftDevice.Look(lab.Name).Should().Be(look);
            tcp.Talk("the same connection again").Should().Be("the same connection again");
        }

        lab.Remember();
        supervised.Lines.Should().Contain(l => l.Contains($"had drifted and was put back: the engine of {lab.Name} had ended, start", StringComparison.Ordinal));
        supervised.Stop().Errors.Should().Contain($"start the embedded engine for {lab.Name}, which stands")
            .And.Contain($"wgns: the engine of {lab.Name} had ended\n").And.NotContain("stop the embedded engine");
    }

    /// <summary>A stream that is numbered, and datagrams as fast as they go.</summary>
    private const string Load = """
        import socket, struct, sys, threading, time
        stream = socket.create_connection(("10.99.0.1", 7))
        got = 0
        def write():
            n = 0
            while True:
                stream.sendall(b"".join(struct.pack("!Q", n + i) for i in range(1024)))
                n += 1024
        def read():
            global got
            rest = b""
            while True:
                rest += stream.recv(65536)
                whole = len(rest) // 8
                for (number,) in struct.iter_unpack("!Q", rest[:whole * 8]):
                    assert number == got, (number, got)
                    got += 1
                rest = rest[whole * 8:]
        def flood():
            while True:
                try:
                    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(bytes(1200), ("10.99.0.1", 9))
                except OSError:
                    time.sleep(0.001)
        for work in (write, read, flood):
            threading.Thread(target=work, daemon=True).start()
        for line in sys.stdin:
            before = got
            for _ in range(2000):
                if got > before: break
                time.sleep(0.01)
            print(line.strip(), "goes on" if got > before else "stands still", flush=True)
        """;

    [TestCase("kill -9 {0}")]
    [TestCase("kill -STOP {0}; sleep 0.5; kill -9 {0}")]
    public void Under_load_it_is_killed_again_and_again_and_the_stream_goes_on_without_a_gap(string command)
    {
        using var lab = LeftDevice.Lab();
        var supervised = new Supervised(lab).ShouldBeReady();
        var look = LeftDevice.Look(lab.Name);
        using var load = lab.Enter("python3", "-c", Load);
        load.Say("start").Hear("start goes on", 40);
        // Between one and the next it waits twice as long as before.
        for (var i = 0; i < 4; i++)
        {
            var pid = Machine.Engine(lab.Name);
            Tool.Run("sh", "-c", string.Format(CultureInfo.InvariantCulture, command, pid));
            Until.True(() => Machine.Engines(lab.Name) is [var now] && now != pid, 20).Should().BeTrue();
            load.Say($"{i}").Hear($"{i} goes on", 40);
        }

        LeftDevice.Look(lab.Name).Should().Be(look);
        lab.Remember();
        supervised.Process.HasEnded.Should().BeFalse();
    }

    [Test]
    public void Its_device_is_deleted_under_load_again_and_again_and_comes_back()
    {
        using var lab = LeftDevice.Lab();
        var supervised = new Supervised(lab).ShouldBeReady();
        var shape = Machine.Shape(lab.Name);
        using var load = lab.Enter("python3", "-c", Load);
        load.Say("start").Hear("start goes on", 40);
        for (var i = 0; i < 4; i++)
        {
            Tool.Run("ip", "-n", lab.Name, "link", "delete", lab.Name);
            Until.True(() => lab.Status().GetProperty("state").GetString() == "up", 20).Should().BeTrue();
            Machine.Engines(lab.Name).Should().ContainSingle();
        }

        Until.True(() => Machine.Shape(lab.Name) == shape).Should().BeTrue();
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("again").Should().Be("again");
        lab.Remember();
        supervised.Process.HasEnded.Should().BeFalse();
    }
}
