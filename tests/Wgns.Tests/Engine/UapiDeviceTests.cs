using System.Diagnostics;
using System.Net.Sockets;
using Wgns.Engine;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Tests.Linux.Genetlink;

namespace Wgns.Tests.Engine;

/// <summary>The client against an engine played by the test.</summary>
public sealed class UapiDeviceTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(300);
    private string _directory = null!;
    private string _path = null!;

    [SetUp]
    public void MakeDirectory()
    {
        _directory = Directory.CreateTempSubdirectory("wgns").FullName;
        _path = Path.Combine(_directory, "wg0.sock");
    }

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void No_socket_is_no_device()
    {
        using var device = Device();
        device.Get().Should().BeNull();
        var act = () => device.Set(Peers.Of());
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ENOENT);
    }

    [Test]
    public void A_socket_left_behind_is_no_device()
    {
        using (var listener = Listen())
        {
            // Disposal does not unlink what it was bound to here: as after a crash.
            File.Move(_path, _path + ".kept");
        }

        File.Move(_path + ".kept", _path);
        using var device = Device();
        device.Get().Should().BeNull();
    }

    [Test]
    public void The_reply_may_come_in_pieces()
    {
        using var engine = Play("listen_port=12", "912\nerr", "no=0\n", "\n");
        using var device = Device();
        device.Get()!.ListenPort.Should().Be(12912);
        engine.Request.Should().Be("get=1\n\n");
    }

    [Test]
    public void An_engine_s_refusal_is_its_errno()
    {
        using var engine = Play("errno=-98\n\n");
        using var device = Device();
        var act = () => device.Set(new DeviceChange(null, 1, null, []));
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EADDRINUSE);
        engine.Request.Should().Be("set=1\nlisten_port=1\n\n");
    }

    [TestCase("")]
    [TestCase("listen_port=1\n")]
    [TestCase("hello\n\n")]
    public void A_reply_without_its_end_or_verdict_is_a_protocol_error(string reply)
    {
        using var engine = Play(reply);
        using var device = Device();
        var act = () => device.Get();
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EPROTO);
    }

    [Test]
    public void An_engine_that_does_not_answer_is_given_up_in_time()
    {
        using var listener = Listen();
        using var device = Device(s_short);
        var clock = Stopwatch.StartNew();
        var act = () => device.Get();
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ETIMEDOUT);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3));
    }

    [Test]
    public void An_engine_that_does_not_accept_is_given_up_in_time()
    {
        using var listener = Listen(backlog: 0);
        using var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        first.Connect(new UnixDomainSocketEndPoint(_path));
        using var device = Device(s_short);
        var clock = Stopwatch.StartNew();
        var act = () => device.Get();
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ETIMEDOUT);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3));
    }

    [Test]
    public void An_engine_that_dribbles_for_ever_is_given_up_in_time()
    {
        using var engine = Play([.. Enumerable.Repeat("x=1\n", 1000)], TimeSpan.FromMilliseconds(20));
        using var device = Device(s_short);
        var act = () => device.Get();
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ETIMEDOUT);
    }

    [Test]
    public void A_path_too_long_for_a_unix_socket_is_said_so()
    {
        var act = () => new UapiDevice("/run/" + new string('é', 60), _ => Peers.Key(1));
        act.Should().Throw<KernelException>().WithMessage("*125 bytes*107*").Which.Errno.Should().Be(Errno.ENAMETOOLONG);
    }

    private UapiDevice Device(TimeSpan? timeout = null) => new(_path, _ => Peers.Key(1), timeout);

    private Socket Listen(int backlog = 5) => PlayedEngine.Listen(_path, backlog);

    private PlayedEngine Play(params string[] pieces) => new(Listen(), pieces, TimeSpan.FromMilliseconds(5));

    private PlayedEngine Play(string[] pieces, TimeSpan pause) => new(Listen(), pieces, pause);
}
