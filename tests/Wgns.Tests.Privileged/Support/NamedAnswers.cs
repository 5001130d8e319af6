using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wgns.Tests.Privileged;

/// <summary>Servers in a netns that answer every UDP datagram, and every TCP connection, with the address they were asked at.</summary>
internal sealed class NamedAnswers : IDisposable
{
    private readonly List<Socket> _sockets = [];

    internal NamedAnswers(string netns, int port, params string[] addresses)
    {
        foreach (var address in addresses)
        {
            var ip = IPAddress.Parse(address);
            Listen(netns, ip, port, SocketType.Dgram, Datagrams);
            Listen(netns, ip, port, SocketType.Stream, Connections);
        }
    }

    /// <summary>Who answers a datagram from inside: an address, or the word for why nobody did.</summary>
    internal static string Udp(string netns, string address, int port) => Ask(netns, address, port, SocketType.Dgram);

    /// <summary>Who answers a connection from inside.</summary>
    internal static string Tcp(string netns, string address, int port) => Ask(netns, address, port, SocketType.Stream);

    /// <summary>Who answers on a socket that is connected.</summary>
    internal static string Ask(Socket socket)
    {
        try
        {
            socket.Send("who is there?"u8);
            var buffer = new byte[100];
            return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private static string Ask(string netns, string address, int port, SocketType type)
    {
        var ip = IPAddress.Parse(address);
        using var socket = SocketInside.Open(netns, ip.AddressFamily, type);
        try
        {
            socket.Connect(ip, port);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }

        return Ask(socket);
    }

    private void Listen(string netns, IPAddress ip, int port, SocketType type, Action<Socket, byte[]> serve)
    {
        var socket = SocketInside.Open(netns, ip.AddressFamily, type);
        _sockets.Add(socket);
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = false;
        }

        socket.Bind(new IPEndPoint(ip, port));
        socket.ReceiveTimeout = 0;
        if (type == SocketType.Stream)
        {
            socket.Listen(8);
        }

        new Thread(() =>
        {
            try
            {
                while (true)
                {
                    serve(socket, Encoding.ASCII.GetBytes(ip.ToString()));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        })
        { IsBackground = true }.Start();
    }

    private static void Datagrams(Socket socket, byte[] name)
    {
        EndPoint from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        socket.ReceiveFrom(new byte[100], ref from);
        socket.SendTo(name, from);
    }

    private static void Connections(Socket socket, byte[] name)
    {
        using var caller = socket.Accept();
        caller.Send(name);
    }
}
