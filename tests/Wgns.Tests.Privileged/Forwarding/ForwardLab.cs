using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Forwarding;

/// <summary>A namespace, services in it, and `wgns forward` from this side to them.</summary>
internal sealed class ForwardLab : IDisposable
{
    internal ForwardLab() => Lab.Up();

    internal Lab Lab { get; } = new();

    /// <summary>A port that nobody listens on outside, of which the namespace's is not thought.</summary>
    internal static int FreePort(SocketType type = SocketType.Stream)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, type, ProtocolType.Unspecified);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    internal static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A service inside: listening for TCP, bound for UDP.</summary>
    internal Socket Serve(int port, SocketType type = SocketType.Stream)
    {
        var socket = Lab.Own(SocketInside.Open(Lab.Name, AddressFamily.InterNetwork, type));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        if (type == SocketType.Stream)
        {
            socket.Listen(2048);
        }

        return socket;
    }

    internal Running Start(params string[] words) => Lab.Own(Cli.Start(["forward", "--netns", Lab.Name, .. words]));

    /// <summary>Starts it and waits until it listens, without a connection of its own.</summary>
    internal Running Forward(int port, params string[] options)
    {
        var running = Start([.. options, Text(port), "80"]);
        ShouldListen(running, port);
        return running;
    }

    /// <summary>A service of TCP inside, and a port outside that is forwarded to it.</summary>
    internal (Socket Service, int Port) ServeAndForward()
    {
        var (service, port) = (Serve(80), FreePort());
        Forward(port);
        return (service, port);
    }

    internal static void ShouldListen(Running running, int port, string kind = "-ltn") =>
        Until.True(() => Listens(port, kind) || running.HasEnded).Should().BeTrue("it must listen on {0}", port);

    /// <summary>By ss(8), as the machine's netns has it.</summary>
    internal static bool Listens(int port, string kind = "-ltn") => Tool.Run("ss", "-H", kind, $"sport = :{Text(port)}").Length > 0;

    internal static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 20000, ReceiveTimeout = 20000 };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    internal static Socket Accept(Socket listener)
    {
        var socket = listener.Accept();
        (socket.SendTimeout, socket.ReceiveTimeout) = (20000, 20000);
        return socket;
    }

    /// <summary>Everything until the end.</summary>
    internal static byte[] ReadAll(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        while (socket.Receive(buffer) is > 0 and var length)
        {
            all.Write(buffer, 0, length);
        }

        return all.ToArray();
    }

    public void Dispose() => Lab.Dispose();
}
