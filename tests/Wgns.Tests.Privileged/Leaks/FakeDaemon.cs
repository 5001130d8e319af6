using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>A daemon of the host's at its unix socket: it takes every call, counts it, and hangs up.</summary>
internal sealed class FakeDaemon : IDisposable
{
    private readonly string _path;
    private Socket _socket;
    private int _calls;

    internal FakeDaemon(string path)
    {
        _path = path;
        _socket = Listen();
    }

    internal int Calls => Volatile.Read(ref _calls);

    /// <summary>Another socket at the same path, as a restarted daemon has.</summary>
    internal void Restart()
    {
        _socket.Dispose();
        File.Delete(_path);
        _socket = Listen();
    }

    public void Dispose() => _socket.Dispose();

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        socket.Bind(new UnixDomainSocketEndPoint(_path));
        File.SetUnixFileMode(_path, (UnixFileMode)0b110_110_110);
        socket.Listen(64);
        new Thread(() =>
        {
            try
            {
                while (true)
                {
                    socket.Accept().Dispose();
                    Interlocked.Increment(ref _calls);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over, or the daemon was restarted.
            }
        })
        { IsBackground = true }.Start();
        return socket;
    }
}
