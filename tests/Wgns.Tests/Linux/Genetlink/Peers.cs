using System.Collections.Immutable;
using System.Net;
using Wgns.Linux;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Linux.Genetlink;

/// <summary>Keys and peers for tests.</summary>
internal static class Peers
{
    /// <summary>A key of 32 equal bytes.</summary>
    public static WireGuardKey Key(byte value) => new(Enumerable.Repeat(value, 32).ToArray());

    /// <summary>A key of its own for every number.</summary>
    public static WireGuardKey Numbered(int number)
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, number + 1);
        return new WireGuardKey(bytes);
    }

    public static SecretKey Secret(byte value) => new(Enumerable.Repeat(value, 32).ToArray());

    public static PeerChange Change(
        WireGuardKey key,
        bool remove = false,
        bool updateOnly = false,
        SecretKey? presharedKey = null,
        IPEndPoint? endpoint = null,
        ushort? keepalive = null,
        bool replace = false,
        params string[] allowedIps) =>
        new(key, remove, updateOnly, presharedKey, endpoint, keepalive, replace, [.. allowedIps.Select(Net)]);

    public static DeviceChange Of(params PeerChange[] peers) => new(null, null, null, [.. peers]);

    public static ImmutableArray<Cidr> Many(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Cidr(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 32))];

    public static Cidr Net(string text) => Cidr.TryParse(text, out var cidr) ? cidr.Value : throw new FormatException(text);
}
