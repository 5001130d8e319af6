using System.Collections.Concurrent;
using System.Net.Sockets;
using Wgns.Nscd;

namespace Wgns.Tests.Nscd;

/// <summary>A filter on a thread, before it a socket to call, behind it an nscd that says the same to everybody.</summary>
internal sealed class FilterStand : IDisposable
{
    internal static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(300);

    private readonly string _directory = Directory.CreateTempSubdirectory("wgns-nscd-").FullName;
    private readonly Socket _listener;
    private readonly Socket _host;
    private readonly Thread _filter;
    private volatile bool _isOver;
    private readonly ConcurrentQueue<byte[]> _asked = [];
    private readonly ConcurrentQueue<string> _said = [];

    internal FilterStand()
    {
        _listener = Listen(Path);
        _host = Listen(HostPath);
        new Thread(Serve) { IsBackground = true }.Start();
        _filter = new Thread(() =>
        {
            var filter = new NscdFilter(_listener, HostPath, _said.Enqueue);
            while (!_isOver)
            {
                // As the service manager starts another one.
                filter.Run(Idle);
                Ended.Set();
            }
        })
        { IsBackground = true };
        _filter.Start();
    }

    internal string Path => $"{_directory}/filter";

    internal string HostPath => $"{_directory}/host";

    internal byte[] Answer { get; set; } = [2, 0, 0, 0, 1, 0, 0, 0, 42];

    internal ManualResetEventSlim Ended { get; } = new();

    internal IReadOnlyCollection<byte[]> Asked => _asked;

    internal IReadOnlyCollection<string> Said => _said;

    internal Socket Call()
    {
        var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        caller.Connect(new UnixDomainSocketEndPoint(Path));
        return caller;
    }

    internal byte[] Ask(byte[] request)
    {
        using var caller = Call();
        caller.Send(request);
        return All(caller);
    }

    /// <summary>Until it hangs up; a reset is the end too, of a caller whose words were not all read.</summary>
    internal static byte[] All(Socket caller)
    {
        var all = new List<byte>();
        var buffer = new byte[65536];
        try
        {
            while (caller.Receive(buffer) is > 0 and var received)
            {
                all.AddRange(buffer[..received]);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return [.. all];
        }

        return [.. all];
    }

    internal void StopHost()
    {
        _host.Dispose();
        File.Delete(HostPath);
    }

    public void Dispose()
    {
        // It ends by itself; what it listens at must not be taken from it before.
        _isOver = true;
        if (!_filter.Join(TimeSpan.FromSeconds(30)))
        {
            throw new TimeoutException("the filter did not end");
        }

        _listener.Dispose();
        _host.Dispose();
        Ended.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(256);
        return socket;
    }

    // As nscd: one request, one answer, the end.
    private void Serve()
    {
        try
        {
            while (true)
            {
                using var caller = _host.Accept();
                var buffer = new byte[8192];
                var length = caller.Receive(buffer);
                if (buffer.AsSpan(0, length).SequenceEqual(NscdRequest.Greeting))
                {
                    continue;
                }

                if (length > 0)
                {
                    _asked.Enqueue(buffer[..length]);
                    try
                    {
                        caller.Send(Answer);
                    }
                    catch (SocketException)
                    {
                        // Cut off: that is for the caller to see.
                    }
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
