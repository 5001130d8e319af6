using System.Diagnostics;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Files;
using Wgns.Linux.Sockets;
using Wgns.Linux.WireGuard;

namespace Wgns.Engine;

/// <summary>
/// A WireGuard device run by a process (wireguard-go, boringtun and the like), by the unix socket it listens on,
/// usually /var/run/wireguard/IFNAME.sock. One connection per request.
/// </summary>
public sealed class UapiDevice : IDeviceControl
{
    /// <summary>Far beyond any device; an engine gone mad must not take the machine's memory.</summary>
    private const int LongestReply = 256 * 1024 * 1024;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly Func<SecretKey, WireGuardKey> _publicKeyOf;
    private readonly TimeSpan _timeout;

    /// <param name="publicKeyOf">
    /// Derives the public key: engines report the private one only. The secret is wiped when it returns.
    /// </param>
    /// <param name="timeout">For a whole request and its reply; null is 5 seconds.</param>
    /// <exception cref="KernelException">ENAMETOOLONG: the path is longer than <see cref="UnixAddress.LongestPath"/>.</exception>
    public UapiDevice(string socketPath, Func<SecretKey, WireGuardKey> publicKeyOf, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(socketPath);
        ArgumentNullException.ThrowIfNull(publicKeyOf);
        var length = Encoding.UTF8.GetByteCount(socketPath);
        if (length > UnixAddress.LongestPath)
        {
            var limit = $"the path has {length} bytes, a unix socket's at most {UnixAddress.LongestPath}";
            throw new KernelException($"use the engine's socket {socketPath}", Errno.ENAMETOOLONG, limit);
        }

        _path = socketPath;
        _publicKeyOf = publicKeyOf;
        _timeout = timeout ?? s_timeout;
    }

    /// <summary>Reads the device.</summary>
    /// <returns>Null where no engine listens: no socket (ENOENT), or one left behind (ECONNREFUSED).</returns>
    /// <exception cref="KernelException">ETIMEDOUT, EPROTO (malformed reply), EACCES, or what the engine answered.</exception>
    public WireGuardDevice? Get()
    {
        var operation = $"read the device of the engine at {_path}";
        using var request = UapiEncoding.Get();
        using var reply = Exchange(operation, request, out var errno);
        if (reply is null)
        {
            return errno == Errno.ENOENT || errno == Errno.ECONNREFUSED ? null : throw new KernelException(operation, errno);
        }

        Demand(operation, UapiDecoding.Verdict(reply.Span, operation));
        return UapiDecoding.Device(reply.Span, _publicKeyOf, operation);
    }

    /// <summary>Sets by one request, which engines work through line by line: what stands before an error is done.</summary>
    /// <exception cref="KernelException">ENOENT or ECONNREFUSED (no engine), ETIMEDOUT, EPROTO, or the engine's answer.</exception>
    public void Set(DeviceChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var operation = $"configure the device of the engine at {_path}";
        using var request = UapiEncoding.Set(change);
        using var reply = Exchange(operation, request, out var errno);
        Demand(operation, errno);
        Demand(operation, UapiDecoding.Verdict(reply!.Span, operation));
    }

    public void Dispose()
    {
        // A connection lives for one request only.
    }

    /// <summary>Null, and why, where the engine cannot be reached.</summary>
    private SecretBuffer? Exchange(string operation, SecretBuffer request, out Errno errno)
    {
        var begun = Stopwatch.GetTimestamp();

        // Without a descriptor left nothing is known of the engine: that must not pass for one that is gone.
        using var stream = UnixStream.Open(operation);
        errno = stream.Connect(_path, Remaining(operation, begun));
        if (!errno.IsNone)
        {
            return null;
        }

        RefuseOthers(operation, stream);
        var reply = new SecretBuffer(16 * 1024);
        try
        {
            Send(operation, stream, request.Span, begun);
            Receive(operation, stream, reply, begun);
            return reply;
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }

    /// <summary>Whoever answers is told the private key: that is an engine of root's, or of this user, and no other's process in its place.</summary>
    private static void RefuseOthers(string operation, UnixStream stream)
    {
        if (stream.Peer is { } there && there.Uid != 0 && there.Uid != FileOwner.OfThisProcess())
        {
            throw new KernelException(operation, Errno.EPERM, $"a process of uid {there.Uid} answers there, which is no engine of ours");
        }
    }

    private void Send(string operation, UnixStream stream, ReadOnlySpan<byte> request, long begun)
    {
        while (!request.IsEmpty)
        {
            Demand(operation, stream.Send(request, Remaining(operation, begun), out var sent));
            request = request[sent..];
        }
    }

    private void Receive(string operation, UnixStream stream, SecretBuffer reply, long begun)
    {
        while (!UapiDecoding.IsComplete(reply.Span))
        {
            if (reply.Length > LongestReply)
            {
                throw new KernelException(operation, Errno.EPROTO, "the reply does not end");
            }

            Demand(operation, stream.Receive(reply.Reserve(4096), Remaining(operation, begun), out var received));
            if (received == 0)
            {
                throw new KernelException(operation, Errno.EPROTO, "the engine closed the connection before its reply's end");
            }

            reply.Commit(received);
        }
    }

    private static void Demand(string operation, Errno errno)
    {
        if (!errno.IsNone)
        {
            throw new KernelException(operation, errno);
        }
    }

    private TimeSpan Remaining(string operation, long begun)
    {
        var left = TimeLeft.Of(_timeout, begun);
        return left > TimeSpan.Zero ? left : throw new KernelException(operation, Errno.ETIMEDOUT);
    }
}
