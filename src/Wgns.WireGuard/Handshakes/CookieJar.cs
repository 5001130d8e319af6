using System.Security.Cryptography;
using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Handshakes;

/// <summary>The cookie that a peer under load gave us, and the mac1 it was given for: the sender's side of 5.4.4 and 5.4.7.</summary>
internal sealed class CookieJar(MacKeys keys)
{
    private readonly byte[] _lastMac1 = new byte[Macs.Length];
    private readonly byte[] _cookie = new byte[Macs.Length];
    private bool _awaitsReply;
    private TimeSpan? _received;

    /// <summary>Fills in both macs of a finished message; mac2 stays zero without a fresh cookie.</summary>
    internal void Sign(IPrimitives primitives, TimeSpan now, Span<byte> message)
    {
        primitives.Mac(keys.Mac1, message[..^32], Macs.Mac1Of(message));
        Macs.Mac1Of(message).CopyTo(_lastMac1);
        _awaitsReply = true;
        Macs.Mac2Of(message).Clear();
        if (_received is { } received && now - received < Constants.CookieMaxAge - Constants.CookieLatency)
        {
            primitives.Mac(_cookie, message[..^16], Macs.Mac2Of(message));
        }
    }

    /// <summary>Takes a cookie, where it was made for what we sent last; once, so that a replay does not bring back an old one.</summary>
    internal bool TryTake(IPrimitives primitives, IAead aead, TimeSpan now, ReadOnlySpan<byte> reply)
    {
        Span<byte> cookie = stackalloc byte[Macs.Length];
        if (!_awaitsReply || !CookieReply.TryOpen(primitives, aead, keys, _lastMac1, reply, cookie))
        {
            return false;
        }

        cookie.CopyTo(_cookie);
        _received = now;
        _awaitsReply = false;
        return true;
    }

    internal void Clear()
    {
        CryptographicOperations.ZeroMemory(_cookie);
        _awaitsReply = false;
        _received = null;
    }
}
