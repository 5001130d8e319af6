using System.Globalization;
using System.Security.Cryptography;
using Wgns.Linux;
using Wgns.Linux.WireGuard;

namespace Wgns.Engine;

/// <summary>Replies of the cross-platform configuration protocol as values; strangers' keys are skipped.</summary>
internal static class UapiDecoding
{
    /// <summary>True once the reply has its end: an empty line.</summary>
    internal static bool IsComplete(ReadOnlySpan<byte> reply) => reply.EndsWith("\n\n"u8);

    /// <summary>The errno of a reply; engines send it as errno(3) has it or negated.</summary>
    /// <exception cref="KernelException">EPROTO where there is none.</exception>
    internal static Errno Verdict(ReadOnlySpan<byte> reply, string operation)
    {
        foreach (var line in new UapiLines(reply))
        {
            if (line.Key.SequenceEqual("errno"u8))
            {
                return int.TryParse(line.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    && number != int.MinValue
                    ? new Errno(Math.Abs(number))
                    : throw Malformed(operation, "errno");
            }
        }

        throw new KernelException(operation, Errno.EPROTO, "the reply has no errno");
    }

    /// <exception cref="KernelException">EPROTO where a value cannot be read; no value is quoted, some are keys.</exception>
    internal static WireGuardDevice Device(
        ReadOnlySpan<byte> reply, Func<SecretKey, WireGuardKey> publicKeyOf, string operation)
    {
        WireGuardKey? publicKey = null;
        ushort port = 0;
        uint mark = 0;
        List<UapiPeer> peers = [];
        foreach (var line in new UapiLines(reply))
        {
            var ok = true;
            if (line.Key.SequenceEqual("public_key"u8))
            {
                ok = Key(line.Value, out var bytes);
                peers.Add(new UapiPeer(new WireGuardKey(bytes)));
            }
            else if (line.Key.SequenceEqual("private_key"u8))
            {
                ok = PublicKey(line.Value, publicKeyOf, out publicKey);
            }
            else if (line.Key.SequenceEqual("listen_port"u8))
            {
                ok = ushort.TryParse(line.Value, NumberStyles.None, CultureInfo.InvariantCulture, out port);
            }
            else if (line.Key.SequenceEqual("fwmark"u8))
            {
                ok = uint.TryParse(line.Value, NumberStyles.None, CultureInfo.InvariantCulture, out mark);
            }
            else if (peers.Count > 0)
            {
                ok = peers[^1].TryRead(line.Key, line.Value);
            }

            if (!ok)
            {
                throw Malformed(operation, System.Text.Encoding.UTF8.GetString(line.Key));
            }
        }

        return new WireGuardDevice(publicKey, port, mark, [.. peers.Select(p => p.ToPeer())]);
    }

    /// <summary>32 bytes out of 64 hex digits, or false.</summary>
    internal static bool Key(ReadOnlySpan<byte> hex, out byte[] key)
    {
        key = GC.AllocateArray<byte>(WireGuardKey.Length, pinned: true);
        return HexText.TryDecode(hex, key);
    }

    private static bool PublicKey(
        ReadOnlySpan<byte> hex, Func<SecretKey, WireGuardKey> publicKeyOf, out WireGuardKey? publicKey)
    {
        var ok = Key(hex, out var bytes);
        using var secret = new SecretKey(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        publicKey = ok && !secret.IsZero ? publicKeyOf(secret) : null;
        return ok;
    }

    private static KernelException Malformed(string operation, string key) =>
        new(operation, Errno.EPROTO, $"the reply's {key} cannot be read");
}
