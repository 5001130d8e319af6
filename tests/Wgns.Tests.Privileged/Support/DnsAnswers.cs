using System.Net;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged;

/// <summary>A name server in a netns that knows no name: it gives every query back as "no such name"; or one that answers every query for an IPv4 address with the same.</summary>
internal sealed class DnsAnswers : IDisposable
{
    private readonly Socket _socket;

    private readonly IPAddress? _answer;

    /// <param name="answer">Null for the one that knows nothing.</param>
    internal DnsAnswers(string netns, string address, string? answer = null)
    {
        _answer = answer is null ? null : IPAddress.Parse(answer);
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
                var asksForIPv4 = buffer[length - 3] == 1;
                (buffer[2], buffer[3]) = (0x81, (byte)(_answer is null ? 0x83 : 0x80)); // a response, recursion desired and available, NXDOMAIN
                if (_answer is not null && asksForIPv4)
                {
                    // The name of the question, type A, class IN, one minute, four bytes.
                    byte[] record = [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. _answer.GetAddressBytes()];
                    record.CopyTo(buffer, length);
                    (buffer[7], length) = (1, length + record.Length);
                }

                _socket.SendTo(buffer.AsSpan(0, length), from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
