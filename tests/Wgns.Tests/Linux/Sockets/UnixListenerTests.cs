using Wgns.Linux;
using Wgns.Linux.Sockets;

namespace Wgns.Tests.Linux.Sockets;

public sealed class UnixListenerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private string _directory = string.Empty;

    private string At => Path.Combine(_directory, "it.sock");

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("wgns-unix-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void More_than_a_socket_holds_goes_through_in_parts_and_the_end_is_seen()
    {
        var sent = new byte[4 << 20];
        Random.Shared.NextBytes(sent);
        using var listener = Listening();
        using var caller = UnixStream.Open("call");
        caller.Connect(At, s_patience).Should().Be(Errno.None);
        using var answering = listener.Accept(out _)!;
        var sending = Task.Run(() =>
        {
            for (var done = 0; done < sent.Length;)
            {
                caller.Send(sent.AsSpan(done), s_patience, out var part).Should().Be(Errno.None);
                done += part;
            }

            caller.Dispose();
        });

        var received = new List<byte>();
        var buffer = new byte[64 << 10];
        while (answering.Receive(buffer, s_patience, out var part).IsNone && part > 0)
        {
            received.AddRange(buffer.AsSpan(0, part));
        }

        sending.Wait(s_patience).Should().BeTrue();
        received.ToArray().AsSpan().SequenceEqual(sent).Should().BeTrue();
    }

    [Test]
    public void Each_step_has_its_end()
    {
        var moment = TimeSpan.FromMilliseconds(50);
        using var listener = Listening();
        using var caller = UnixStream.Open("call");
        caller.Connect(At, s_patience).Should().Be(Errno.None);

        caller.Receive(new byte[1], moment, out _).Should().Be(Errno.ETIMEDOUT);
        var sending = Errno.None;
        for (var i = 0; i < 1000 && sending.IsNone; i++)
        {
            sending = caller.Send(new byte[64 << 10], moment, out _);
        }

        sending.Should().Be(Errno.ETIMEDOUT, "nobody reads");
    }

    [Test]
    public void Who_has_gone_is_told_and_ends_nobody_by_a_signal()
    {
        using var listener = Listening();
        using var caller = UnixStream.Open("call");
        caller.Connect(At, s_patience).Should().Be(Errno.None);
        listener.Accept(out _)!.Dispose();

        caller.Send(new byte[1], s_patience, out _).Should().Be(Errno.EPIPE);
    }

    [Test]
    public void Who_waits_for_a_caller_is_let_go_when_it_is_closed()
    {
        var listener = Listening();
        var why = Errno.None;
        var waiting = new Thread(() => listener.Accept(out why)?.Dispose());
        waiting.Start();
        Thread.Sleep(50);

        listener.Dispose();

        waiting.Join(s_patience).Should().BeTrue();
        why.Should().Be(Errno.EINVAL);
        listener.Accept(out why).Should().BeNull();
        why.Should().Be(Errno.EINVAL);
    }

    [Test]
    public void Until_it_listens_and_after_its_end_it_refuses()
    {
        using var caller = UnixStream.Open("call");
        caller.Connect(At, s_patience).Should().Be(Errno.ENOENT);
        using (var listener = UnixListener.Bind(At))
        {
            caller.Connect(At, s_patience).Should().Be(Errno.ECONNREFUSED);
        }

        caller.Connect(At, s_patience).Should().Be(Errno.ECONNREFUSED);
        var act = () => UnixListener.Bind(At);
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EADDRINUSE);
    }

    private UnixListener Listening()
    {
        var listener = UnixListener.Bind(At);
        listener.Listen(4);
        return listener;
    }
}
