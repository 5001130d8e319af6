using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>A host's nscd that knows one user, and remembers every question that it was asked.</summary>
internal sealed class FakeNscd : IDisposable
{
    internal const string User = "wgns-late";
    internal const int Uid = 64321;

    // request_type of glibc's nscd/nscd-client.h.
    internal const int GETPWBYNAME = 0;
    internal const int GETPWBYUID = 1;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<(int Type, string Key)> _asked = [];

    /// <summary>Takes the place of what listens there.</summary>
    internal FakeNscd(string path)
    {
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        _socket.Listen(64);
        new Thread(Serve) { IsBackground = true }.Start();
    }

    internal IReadOnlyCollection<(int Type, string Key)> Asked => _asked;

    public void Dispose() => _socket.Dispose();

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var caller = _socket.Accept();
                caller.ReceiveTimeout = 2000;
                try
                {
                    Answer(caller);
                }
                catch (SocketException)
                {
                    // The caller went.
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private void Answer(Socket caller)
    {
        var request = new byte[2048];
        var length = caller.Receive(request);
        if (length < 12)
        {
            return;
        }

        var (type, key) = (BitConverter.ToInt32(request, 4), Encoding.UTF8.GetString(request, 12, length - 12).TrimEnd('\0'));
        _asked.Enqueue((type, key));
        if ((type, key) is (GETPWBYNAME, User) or (GETPWBYUID, "64321"))
        {
            caller.Send(Passwd());
        }
    }

    // struct pw_response_header and its strings.
    private static byte[] Passwd()
    {
        string[] texts = [User, "x", "known to nscd alone", "/nowhere", "/bin/false"];
        var lengths = texts.Select(t => t.Length + 1).ToArray();
        int[] header = [2, 1, lengths[0], lengths[1], Uid, Uid, lengths[2], lengths[3], lengths[4]];
        return [.. header.SelectMany(BitConverter.GetBytes), .. texts.SelectMany(t => Encoding.ASCII.GetBytes(t + "\0"))];
    }
}
