using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Forwarding;

/// <summary>`wgns forward` with fewer descriptors than its callers want.</summary>
public sealed class ScarcityTests
{
    /// <summary>Each connection takes two, and none is left for what carries bytes between them; or one, by which another is taken.</summary>
    [TestCase(0)]
    [TestCase(1)]
    public void With_more_callers_than_descriptors_each_is_served_in_its_turn(int more)
    {
        const int Count = 20;
        using var lab = new ForwardLab();
        var (service, port, running) = ServeAndForward(lab, Count + more);
        var clients = Enumerable.Range(0, Count).Select(_ => ForwardLab.Connect(port)).ToList();
        try
        {
            var serving = Begin(() =>
            {
                var echoes = Enumerable.Range(0, Count).Select(_ => ForwardLab.Accept(service)).Select(c => Begin(() => Echo(c))).ToArray();
                Task.WaitAll(echoes);
            });
            Thread.Sleep(300);
            var asking = clients.Select((client, i) => Begin(() => Ask(client, i))).ToArray();
            Task.WaitAll(asking, TimeSpan.FromSeconds(30)).Should().BeTrue("each is served once another has been");
            serving.Wait(TimeSpan.FromSeconds(10)).Should().BeTrue();
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }

        running.HasEnded.Should().BeFalse();
    }

    [Test]
    public void Connections_that_end_while_there_is_no_descriptor_to_spare_are_let_go()
    {
        const int Count = 20;
        using var lab = new ForwardLab();
        var (service, port, _) = ServeAndForward(lab, Count);
        var clients = Enumerable.Range(0, Count / 2).Select(_ => ForwardLab.Connect(port)).ToList();
        var inside = new List<Socket>();
        while (inside.Count < clients.Count && service.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead))
        {
            inside.Add(ForwardLab.Accept(service));
        }

        clients.ForEach(c => c.Send("x"u8));
        clients.Concat(inside).ToList().ForEach(c => c.Dispose());

        using var next = ForwardLab.Connect(port);
        service.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead).Should().BeTrue("those before it have let go");
        using var served = ForwardLab.Accept(service);
        next.Send("x"u8);
        served.Receive(new byte[1]).Should().Be(1);
    }

    [Test]
    public void Who_goes_before_the_service_has_answered_leaves_nothing_open()
    {
        using var lab = new ForwardLab();
        var (service, port) = (lab.Serve(80), ForwardLab.FreePort());
        var running = lab.Forward(port);
        var used = Used(service, port, running);

        // One or two are let into its queue; those after them are not answered, as by a machine that is away.
        service.Listen(0);
        var clients = Enumerable.Range(0, 10).Select(_ => ForwardLab.Connect(port)).ToList();
        Until.True(() => Open(running) >= used + 20).Should().BeTrue();
        foreach (var client in clients)
        {
            client.LingerState = new LingerOption(true, 0);
            client.Dispose();
        }

        // But a pipe or two that it keeps for whoever comes.
        Until.True(() => Open(running) < used + 6, 10).Should().BeTrue("they would be connected for, for two minutes");
    }

    /// <summary>A proxy that may have so many descriptors more than it begins with.</summary>
    private static (Socket Service, int Port, Running Running) ServeAndForward(ForwardLab lab, int more)
    {
        var (service, port) = (lab.Serve(80), ForwardLab.FreePort());
        var first = lab.Forward(port);
        var limit = Used(service, port, first) + more;
        first.Signal("TERM").End();
        var running = lab.Lab.Own(new Running(
            "prlimit", [$"--nofile={ForwardLab.Text(limit)}", Cli.Binary, "forward", "--netns", lab.Lab.Name, ForwardLab.Text(port), "80"]));
        ForwardLab.ShouldListen(running, port);
        return (service, port, running);
    }

    /// <summary>Descriptors that it has for itself: it listens before it has them all, and has once it has let somebody in.</summary>
    private static int Used(Socket service, int port, Running running)
    {
        using var client = ForwardLab.Connect(port);
        using var inside = ForwardLab.Accept(service);
        return Open(running) - 2;
    }

    /// <summary>Descriptors.</summary>
    private static int Open(Running running) => Directory.GetFileSystemEntries($"/proc/{running.Pid}/fd").Length;

    private static Task Begin(Action what) => Task.Factory.StartNew(what, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Echo(Socket client)
    {
        using (client)
        {
            client.Send(ForwardLab.ReadAll(client));
            client.Shutdown(SocketShutdown.Send);
        }
    }

    private static void Ask(Socket client, int seed)
    {
        var bytes = new byte[300_000];
        new Random(seed).NextBytes(bytes);
        client.Send(bytes);
        client.Shutdown(SocketShutdown.Send);
        ForwardLab.ReadAll(client).Should().Equal(bytes);
    }
}
