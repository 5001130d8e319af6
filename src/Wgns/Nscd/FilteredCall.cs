using System.Diagnostics;
using System.Net.Sockets;
using Wgns.Linux.Events;

namespace Wgns.Nscd;

/// <summary>
/// One caller: its request, which is read whole before anybody is asked, and then the host's answer, as it comes. At each
/// moment it waits for one socket, and holds one buffer that never grows.
/// </summary>
internal sealed class FilteredCall : IDisposable
{
    /// <summary>The C library sends a request in one piece.</summary>
    internal static readonly TimeSpan PatienceForRequest = TimeSpan.FromSeconds(1);

    /// <summary>glibc itself waits 5 s for the first byte of an answer.</summary>
    internal static readonly TimeSpan PatienceForAnswer = TimeSpan.FromSeconds(10);

    /// <summary>A group of half a million members. nscd closes after its one answer.</summary>
    internal const int LongestAnswer = 16 * 1024 * 1024;

    private const int Room = 4096;

    private readonly Socket _caller;
    private readonly byte[] _buffer = new byte[Room];
    private readonly long _since = Stopwatch.GetTimestamp();
    private Socket? _host;
    private int _filled;
    private int _sent;
    private int _answered;
    private bool _isLast;

    internal FilteredCall(Socket caller)
    {
        _caller = caller;
        _caller.Blocking = false;
    }

    /// <summary>The socket that is waited for.</summary>
    internal Socket Waiting => _host is null || WaitsToWrite ? _caller : _host;

    internal bool WaitsToWrite => (_host is not null || _isLast) && _sent < _filled;

    internal TimeSpan Left => TimeLeft.Of(_host is null ? PatienceForRequest : PatienceForAnswer, _since);

    /// <summary>Goes on where it is no longer waiting.</summary>
    /// <param name="host">Path of the host's nscd.</param>
    /// <returns>Whether there is more to come; else it is to be disposed.</returns>
    /// <exception cref="SocketException">The caller is gone, or the host's nscd is or does not answer.</exception>
    internal bool Continue(string host)
    {
        if (WaitsToWrite)
        {
            return Deliver();
        }

        return _host is null ? Read(host) : Relay();
    }

    public void Dispose()
    {
        _caller.Dispose();
        _host?.Dispose();
    }

    private bool Read(string host)
    {
        // Never beyond the request: what follows is nobody's.
        NscdRequest.Judge(_buffer.AsSpan(0, _filled), out var length);
        var received = _caller.Receive(_buffer.AsSpan(_filled, length - _filled), SocketFlags.None);
        if (received == 0)
        {
            return false;
        }

        _filled += received;
        switch (NscdRequest.Judge(_buffer.AsSpan(0, _filled), out length))
        {
            case NscdVerdict.More:
                return true;
            case NscdVerdict.Greet:
                Fill(NscdRequest.GreetingAnswer);
                _isLast = true;
                return Deliver();
            case NscdVerdict.Forward:
                Ask(host, length);
                return true;
            default:
                return false;
        }
    }

    private void Ask(string host, int length)
    {
        _host = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        _host.Connect(new UnixDomainSocketEndPoint(host));

        // A fresh socket takes it whole, or not at all.
        if (_host.Send(_buffer.AsSpan(0, length), SocketFlags.None) != length)
        {
            throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
        }

        _filled = 0;
    }

    private bool Relay()
    {
        var received = _host!.Receive(_buffer, SocketFlags.None);
        _answered += received;
        if (received == 0 || _answered > LongestAnswer)
        {
            return false;
        }

        (_filled, _sent) = (received, 0);
        return Deliver();
    }

    private bool Deliver()
    {
        var sent = _caller.Send(_buffer.AsSpan(_sent, _filled - _sent), SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            throw new SocketException((int)error);
        }

        _sent += sent;
        return !_isLast || _sent < _filled;
    }

    private void Fill(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer);
        (_filled, _sent) = (bytes.Length, 0);
    }
}
