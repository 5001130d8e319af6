using System.Net;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged;

/// <summary>A name server in a netns that knows no name: it gives every query back as "no such name".</summary>
internal sealed class DnsAnswers : IDisposable
{
    private readonly Socket _socket;

    internal DnsAnswers(string netns, string address)
    {
        _socket = SocketInside.Open(netns, AddressFamily.InterNetwork, SocketType.Dgram);
        _socket.ReceiveTimeout = 0;
        _socket.Bind(new IPEndPoint(IPAddress.Parse(address), 53));
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public void Dispose() => _socket.Dispose();

    private void Serve()
    {
        var buffer = new byte[1500];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = _socket.ReceiveFrom(buffer, ref from);
                (buffer[2], buffer[3]) = (0x81, 0x83); // a response, recursion desired and available, NXDOMAIN
                _socket.SendTo(buffer.AsSpan(0, length), from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
