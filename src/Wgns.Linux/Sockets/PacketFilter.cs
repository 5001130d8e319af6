using System.Buffers.Binary;
using System.Net;

namespace Wgns.Linux.Sockets;

/// <summary>
/// A classic BPF program (<c>linux/filter.h</c>, <c>linux/bpf_common.h</c>) that says which packets count. It sees
/// them from the IP header on, as a packet(7) socket of type SOCK_DGRAM does.
/// </summary>
public sealed class PacketFilter
{
    /// <summary>SKF_AD_OFF + SKF_AD_PROTOCOL: the ethertype, in host byte order.</summary>
    internal const uint Ethertype = 0xFFFFF000;

    private readonly List<Libc.SockFilter> _code = [];

    private PacketFilter()
    {
    }

    internal ReadOnlySpan<Libc.SockFilter> Code => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_code);

    /// <summary>IP packets whose source or destination, read without decrypting anything, is in one of the networks.</summary>
    public static PacketFilter FromOrTo(params ReadOnlySpan<Cidr> networks)
    {
        var filter = new PacketFilter();
        foreach (var network in networks)
        {
            var (source, destination) = network.IsIPv6 ? (8u, 24u) : (12u, 16u);
            filter.CountIfIn(network, source);
            filter.CountIfIn(network, destination);
        }

        return filter.End();
    }

    /// <summary>IPv4 UDP packets to one address and port.</summary>
    public static PacketFilter UdpTo(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var filter = new PacketFilter();
        var test = filter.Begin(Libc.ETH_P_IP);
        test.Add(Bpf.LoadByte, 9).Require(17);
        test.Add(Bpf.LoadWord, 16).Require(Word(endpoint.Address, 0));
        test.Add(Bpf.LoadXHeaderLength, 0).Add(Bpf.LoadHalfAtX, 2).Require((uint)endpoint.Port);
        test.Count();
        return filter.End();
    }

    private static uint Word(IPAddress address, int index) =>
        BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes().AsSpan(index * 4));

    private void CountIfIn(Cidr network, uint offset)
    {
        var test = Begin(network.IsIPv6 ? Libc.ETH_P_IPV6 : Libc.ETH_P_IP);
        var masked = network.Masked();
        for (var word = 0; word * 32 < masked.PrefixLength; word++)
        {
            var bits = Math.Min(32, masked.PrefixLength - (word * 32));
            test.Add(Bpf.LoadWord, offset + ((uint)word * 4)).Add(Bpf.And, uint.MaxValue << (32 - bits)).Require(Word(masked.Address, word));
        }

        test.Count();
    }

    private Test Begin(uint ethertype)
    {
        var test = new Test(_code);
        test.Add(Bpf.LoadWord, Ethertype).Require(ethertype);
        return test;
    }

    private PacketFilter End()
    {
        _code.Add(new Libc.SockFilter { code = Bpf.Return, k = 0 });
        return this;
    }

    /// <summary>One chain of conditions: the first that does not hold jumps past the end of it.</summary>
    private sealed class Test(List<Libc.SockFilter> code)
    {
        private readonly List<int> _jumps = [];

        internal Test Add(ushort operation, uint operand)
        {
            code.Add(new Libc.SockFilter { code = operation, k = operand });
            return this;
        }

        internal void Require(uint value)
        {
            _jumps.Add(code.Count);
            Add(Bpf.JumpEqual, value);
        }

        internal void Count()
        {
            // One byte is enough: packets are counted, and nobody reads them.
            Add(Bpf.Return, 1);
            foreach (var jump in _jumps)
            {
                code[jump] = code[jump] with { jf = checked((byte)(code.Count - jump - 1)) };
            }
        }
    }
}
