using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wgns.WireGuard;

namespace Wgns.Linux.Sockets;

/// <summary>struct sockaddr_in (ip(7)) and sockaddr_in6 (ipv6(7)) as endpoints.</summary>
internal static class SockAddr
{
    /// <summary>Bytes of the larger one.</summary>
    internal const int MaxLength = 28;

    /// <returns>How long it is.</returns>
    internal static int Write(Span<byte> name, in Endpoint endpoint)
    {
        if (!endpoint.IsIPv6)
        {
            MemoryMarshal.Write(name, new SockAddrIn
            {
                sin_family = Libc.AF_INET,
                sin_port = NetworkOrder(endpoint.Port),
                sin_addr = NetworkOrder((uint)endpoint.Address),
            });
            return Unsafe.SizeOf<SockAddrIn>();
        }

        var address = new SockAddrIn6 { sin6_family = Libc.AF_INET6, sin6_port = NetworkOrder(endpoint.Port), sin6_scope_id = endpoint.ScopeId };
        BinaryPrimitives.WriteUInt128BigEndian(Bytes(ref address.sin6_addr), endpoint.Address);
        MemoryMarshal.Write(name, address);
        return Unsafe.SizeOf<SockAddrIn6>();
    }

    /// <param name="name">Of AF_INET6, or taken for AF_INET; <see cref="MaxLength"/> long.</param>
    internal static Endpoint Read(ReadOnlySpan<byte> name) => MemoryMarshal.Read<ushort>(name) == Libc.AF_INET6 ? ReadIPv6(name) : ReadIPv4(name);

    /// <summary>Null for another family, and for one that is cut off.</summary>
    internal static Endpoint? TryRead(ReadOnlySpan<byte> name) =>
        name.Length < sizeof(ushort) ? null
        : MemoryMarshal.Read<ushort>(name) switch
        {
            Libc.AF_INET when name.Length >= Unsafe.SizeOf<SockAddrIn>() => ReadIPv4(name),
            Libc.AF_INET6 when name.Length >= Unsafe.SizeOf<SockAddrIn6>() => ReadIPv6(name),
            _ => null,
        };

    private static Endpoint ReadIPv4(ReadOnlySpan<byte> name)
    {
        var address = MemoryMarshal.Read<SockAddrIn>(name);
        return new Endpoint(NetworkOrder(address.sin_addr), NetworkOrder(address.sin_port), false);
    }

    private static Endpoint ReadIPv6(ReadOnlySpan<byte> name)
    {
        var address = MemoryMarshal.Read<SockAddrIn6>(name);
        var number = BinaryPrimitives.ReadUInt128BigEndian(Bytes(ref address.sin6_addr));
        return new Endpoint(number, NetworkOrder(address.sin6_port), true, address.sin6_scope_id);
    }

    private static Span<byte> Bytes(ref In6Addr address) => MemoryMarshal.AsBytes((Span<uint>)address);

    private static ushort NetworkOrder(ushort value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static uint NetworkOrder(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
}
