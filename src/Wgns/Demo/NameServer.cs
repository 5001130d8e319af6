using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Wgns.Linux;
using Wgns.Linux.Processes;
using Wgns.Linux.Sockets;

namespace Wgns.Demo;

/// <summary>The provider's resolver: knows one name, and remembers who asked for what.</summary>
internal sealed class NameServer : IDisposable
{
    internal const int Port = 53;

    /// <summary>How long the end may have to wait for the thread.</summary>
    private const int LookRound = 50_000;

    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<(DnsQuestion Question, IPAddress From)> _asked = [];
    private volatile bool _stopped;

    /// <summary>Listens inside <paramref name="netns"/>; the thread that serves stays where all of ours are.</summary>
    internal NameServer(OwnedFd netns, string ifname, IPAddress address, string name)
    {
        _socket = NetnsSockets.Udp(netns);
        NetnsSockets.BindToLink(_socket, ifname);
        _socket.Bind(new IPEndPoint(address, Port));
        _thread = new Thread(() => Serve(name, address)) { Name = "demo resolver", IsBackground = true };
        _thread.Begin();
    }

    internal IReadOnlyCollection<(DnsQuestion Question, IPAddress From)> Asked => _asked;

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Serve(string name, IPAddress address)
    {
        var buffer = new byte[512];
        while (!_stopped)
        {
            try
            {
                if (_socket.Poll(LookRound, SelectMode.SelectRead))
                {
                    Answer(buffer, name, address);
                }
            }
            catch (SocketException)
            {
                // The tunnel went away under us (ENODEV, ENETUNREACH): then there is nobody left to answer.
                Thread.Sleep(1);
            }
        }
    }

    private void Answer(byte[] buffer, string name, IPAddress address)
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var length = _socket.ReceiveFrom(buffer, ref from);
        var answer = DnsAnswer.To(buffer.AsSpan(0, length), name, address, out var question);
        if (question is not null)
        {
            _asked.Enqueue((question, ((IPEndPoint)from).Address));
        }

        if (answer is not null)
        {
            _socket.SendTo(answer, from);
        }
    }
}
