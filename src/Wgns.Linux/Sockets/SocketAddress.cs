using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Wgns.WireGuard;

namespace Wgns.Linux.Sockets;

/// <summary>struct sockaddr_in (ip(7)) and sockaddr_in6 (ipv6(7)) as endpoints.</summary>
internal static class SocketAddress
{
    /// <summary>Bytes of the larger one.</summary>
    internal const int MaxLength = 28;

    private const int IPv4Length = 16;

    /// <returns>How long it is.</returns>
    internal static int Write(Span<byte> name, in Endpoint endpoint)
    {
        MemoryMarshal.Write(name, (ushort)(endpoint.IsIPv6 ? Libc.AF_INET6 : Libc.AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], endpoint.Port);
        if (!endpoint.IsIPv6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(name[4..], (uint)endpoint.Address);
            name[8..IPv4Length].Clear();
            return IPv4Length;
        }

        name[4..8].Clear();
        BinaryPrimitives.WriteUInt128BigEndian(name[8..], endpoint.Address);
        MemoryMarshal.Write(name[24..], endpoint.ScopeId);
        return MaxLength;
    }

    internal static Endpoint Read(ReadOnlySpan<byte> name)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        return MemoryMarshal.Read<ushort>(name) == Libc.AF_INET6
            ? new Endpoint(BinaryPrimitives.ReadUInt128BigEndian(name[8..]), port, true, MemoryMarshal.Read<uint>(name[24..]))
            : new Endpoint(BinaryPrimitives.ReadUInt32BigEndian(name[4..]), port, false);
    }
}
