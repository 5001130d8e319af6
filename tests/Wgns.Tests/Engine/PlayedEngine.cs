using System.Net.Sockets;
using System.Text;

namespace Wgns.Tests.Engine;

/// <summary>Takes one connection and one request, replies by pieces, closes.</summary>
internal sealed class PlayedEngine : IDisposable
{
    private readonly Socket _listener;
    private readonly Thread _thread;
    private readonly StringBuilder _request = new();

    public PlayedEngine(Socket listener, string[] pieces, TimeSpan pause)
    {
        _listener = listener;
        _thread = new Thread(() => Run(pieces, pause));
        _thread.Start();
    }

    public string Request
    {
        get
        {
            _thread.Join();
            return _request.ToString();
        }
    }

    public void Dispose()
    {
        _thread.Join();
        _listener.Dispose();
    }

    private void Run(string[] pieces, TimeSpan pause)
    {
        using var connection = _listener.Accept();
        var buffer = new byte[4096];
        while (!_request.ToString().EndsWith("\n\n", StringComparison.Ordinal))
        {
            _request.Append(Encoding.UTF8.GetString(buffer, 0, connection.Receive(buffer)));
        }

        try
        {
            foreach (var piece in pieces)
            {
                connection.Send(Encoding.UTF8.GetBytes(piece));
                Thread.Sleep(pause);
            }
        }
        catch (SocketException)
        {
            // The client gave up, as it should in the test that dribbles.
        }
    }
}
