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

    /// <summary>Where an engine's socket is, with nobody who answers yet.</summary>
    internal static Socket Listen(string path, int backlog = 5)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(backlog);
        return listener;
    }

    /// <summary>A program to be started as the engine.</summary>
    internal static string Program(string directory, string script)
    {
        var path = $"{directory}/engine";
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
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
