using System.Globalization;
using System.Security.Cryptography;
using Wgns.Linux;
using Wgns.WireGuard;

namespace Wgns.Engine.Embedded;

/// <summary>
/// Carries out a "set" request (https://www.wireguard.com/xplatform/), line by line: what stands before an error is done.
/// </summary>
internal sealed class UapiOrder(ConfiguredDevice configured)
{
    private UapiPeerOrder? _peer;

    /// <summary>Everything behind the first line.</summary>
    internal Errno CarryOut(ReadOnlySpan<byte> lines)
    {
        foreach (var line in new UapiLines(lines))
        {
            var errno = Take(line);
            if (!errno.IsNone)
            {
                _peer?.Forget();
                _ = configured.Complete();
                return errno;
            }
        }

        FinishPeer();
        return configured.Complete();
    }

    private Errno Take(UapiLine line)
    {
        if (line.Key.SequenceEqual("public_key"u8))
        {
            FinishPeer();
            return BeginPeer(line.Value);
        }

        return _peer?.Take(line) ?? TakeOwn(line);
    }

    private Errno TakeOwn(UapiLine line)
    {
        if (line.Key.SequenceEqual("private_key"u8))
        {
            return SetPrivateKey(line.Value);
        }

        if (line.Key.SequenceEqual("listen_port"u8))
        {
            return ushort.TryParse(line.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? configured.SetPort(port) : Errno.EINVAL;
        }

        if (line.Key.SequenceEqual("fwmark"u8))
        {
            // Empty, or zero, for none.
            return uint.TryParse(line.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var mark) || line.Value.IsEmpty
                ? configured.SetMark(mark)
                : Errno.EINVAL;
        }

        if (line.Key.SequenceEqual("replace_peers"u8) && line.Value.SequenceEqual("true"u8))
        {
            foreach (var peer in configured.Device.Peers)
            {
                configured.Device.RemovePeer(peer);
            }

            return Errno.None;
        }

        return Errno.EINVAL;
    }

    private Errno SetPrivateKey(ReadOnlySpan<byte> hex)
    {
        var isKey = UapiDecoding.Key(hex, out var key);
        if (isKey)
        {
            configured.SetPrivateKey(key);
        }

        CryptographicOperations.ZeroMemory(key);
        return isKey ? Errno.None : Errno.EINVAL;
    }

    private Errno BeginPeer(ReadOnlySpan<byte> hex)
    {
        if (!UapiDecoding.Key(hex, out var key))
        {
            return Errno.EINVAL;
        }

        _peer = new UapiPeerOrder(configured, new PublicKey(key));
        return Errno.None;
    }

    private void FinishPeer()
    {
        _peer?.Finish();
        _peer = null;
    }
}
