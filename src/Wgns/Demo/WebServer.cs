using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Processes;
using Wgns.Linux.Sockets;

namespace Wgns.Demo;

/// <summary>The provider's web server: one page, whatever is asked for, and a memory of who asked.</summary>
internal sealed class WebServer : IDisposable
{
    internal const int Port = 80;

    private const int LookRound = 50_000;
    private const int LongestRequest = 4096;

    /// <summary>Milliseconds that a visitor may take for the next piece of his request.</summary>
    private const int Patience = 300;

    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<IPAddress> _visitors = [];
    private volatile bool _stopped;

    /// <param name="ifname">
    /// Only by this link: the kernel would else take a packet for any address of its own by any link.
    /// </param>
    internal WebServer(OwnedFd netns, string ifname, IPAddress address)
    {
        _socket = NetnsSockets.Tcp(netns);
        NetnsSockets.BindToLink(_socket, ifname);
        _socket.Bind(new IPEndPoint(address, Port));
        _socket.Listen(128);
        _thread = new Thread(Serve) { Name = "demo web server", IsBackground = true };
        _thread.Begin();
    }

    /// <summary>Who was given the page.</summary>
    internal IReadOnlyCollection<IPAddress> Visitors => _visitors;

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Serve()
    {
        while (!_stopped)
        {
            try
            {
                if (_socket.Poll(LookRound, SelectMode.SelectRead))
                {
                    using var visitor = _socket.Accept();
                    Answer(visitor);
                }
            }
            catch (SocketException)
            {
                // The visitor left, or the tunnel did.
                Thread.Sleep(1);
            }
        }
    }

    private void Answer(Socket visitor)
    {
        visitor.ReceiveTimeout = Patience;
        visitor.SendTimeout = Patience;
        var buffer = new byte[LongestRequest];
        var length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var received = length == buffer.Length ? 0 : visitor.Receive(buffer.AsSpan(length));
            if (received == 0)
            {
                return;
            }

            length += received;
        }

        var from = ((IPEndPoint)visitor.RemoteEndPoint!).Address;
        var page = $"Hello, {from}: you came through the tunnel.\n";
        visitor.Send(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {page.Length}\r\nConnection: close\r\n\r\n{page}"));
        _visitors.Enqueue(from);
    }
}
