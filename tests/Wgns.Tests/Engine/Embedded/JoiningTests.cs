using FsCheck;
using FsCheck.Fluent;
using Wgns.Engine.Embedded;
using Wgns.Linux.Tun;
using Wgns.WireGuard;

namespace Wgns.Tests.Engine.Embedded;

public sealed class JoiningTests
{
    [Test]
    public void Segments_are_joined_to_what_they_were_cut_from([Values] bool ipv6, [Values] bool udp)
    {
        var fromTun = MadePacket.FromTun(ipv6, udp, 30 * MadePacket.Mss, MadePacket.Mss);
        var (header, packet) = Join(SegmentsTests.Cut(fromTun)).Should().ContainSingle().Subject;
        header.Should().Be(VirtioHeader.Read(fromTun));

        // The number of the first is what the kernel counts on from.
        packet.Should().Equal(fromTun[VirtioHeader.Length..]);
    }

    [Test]
    public void Datagrams_stay_alone_where_the_kernel_does_not_take_them_joined() =>
        Join(SegmentsTests.Cut(MadePacket.FromTun(false, true, 5000, 1000)), joinsUdp: false)
            .Should().HaveCount(5).And.OnlyContain(w => w.Header == default && MadePacket.IsRight(w.Packet));

    [Test]
    public void What_does_not_follow_is_not_joined()
    {
        var first = MadePacket.Whole(false, false, 1000, sequence: 100, flags: 0x10);
        byte[][] others =
        [
            MadePacket.Whole(false, false, 1000, sequence: 1101, flags: 0x10),
            MadePacket.Whole(false, false, 1001, sequence: 1100, flags: 0x10),
            MadePacket.Whole(false, false, 1000, port: 2, sequence: 1100, flags: 0x10),
            MadePacket.Whole(false, false, 1000, sequence: 1100, flags: 0x11),
            MadePacket.Whole(false, false, 0, sequence: 1100, flags: 0x10),
            MadePacket.Whole(false, true, 1000, sequence: 1100),
            MadePacket.Whole(true, false, 1000, sequence: 1100, flags: 0x10),
            Changed(MadePacket.Whole(false, false, 1000, sequence: 1100, flags: 0x10), 8),
            Changed(MadePacket.Whole(false, false, 1000, sequence: 1100, flags: 0x10), 1),
            Changed(MadePacket.Whole(false, false, 1000, sequence: 1100, flags: 0x10), 28),
            Changed(MadePacket.Whole(false, false, 1000, sequence: 1100, flags: 0x10), 34),
            Changed(MadePacket.Whole(false, false, 1000, sequence: 1100, flags: 0x10), 45),
        ];
        foreach (var other in others)
        {
            Join([first, other]).Select(w => w.Packet).Should().BeEquivalentTo([first, other]);
        }
    }

    [Test]
    public void Nothing_follows_a_push_or_a_shorter_one()
    {
        Join([MadePacket.Whole(false, false, 1000, sequence: 0, flags: 0x18), MadePacket.Whole(false, false, 1000, sequence: 1000, flags: 0x10)])
            .Should().HaveCount(2);
        Join([
            MadePacket.Whole(false, false, 1000, sequence: 0, flags: 0x10),
            MadePacket.Whole(false, false, 10, sequence: 1000, flags: 0x10),
            MadePacket.Whole(false, false, 10, sequence: 1010, flags: 0x10),
        ]).Should().HaveCount(2);
    }

    [Test]
    public void Fragments_and_headers_with_options_are_left_as_they_are()
    {
        var fragment = Changed(MadePacket.Whole(false, true, 1000), 7);
        var rest = Changed(MadePacket.Whole(false, true, 1000), 7);
        Join([fragment, rest]).Select(w => w.Packet).Should().BeEquivalentTo([fragment, rest]);
    }

    [Test]
    public void However_flows_are_mixed_each_arrives_whole_and_in_order() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte Flow, byte Segments, bool Ipv6, bool Udp)[]>(), bursts =>
        {
            var sent = new Dictionary<(int, bool, bool), List<byte>>();
            var packets = new List<byte[]>();
            foreach (var (flow, segments, ipv6, udp) in bursts)
            {
                var all = sent.TryGetValue((flow % 20, ipv6, udp), out var known) ? known : sent[(flow % 20, ipv6, udp)] = [];
                for (var i = 0; i <= segments % 5; i++)
                {
                    var packet = MadePacket.Whole(ipv6, udp, 50 + (segments % 3), (ushort)(flow % 20), (uint)all.Count, (byte)(segments % 4 == i ? 0x18 : 0x10));
                    all.AddRange(MadePacket.Payload(packet));
                    packets.Add(packet);
                }
            }

            var received = new Dictionary<(int, bool, bool), List<byte>>();
            foreach (var (_, packet) in Join(packets))
            {
                var ipv6 = packet[0] >> 4 == 6;
                var at = ipv6 ? 40 : 20;
                var key = (packet[at + 1] | (packet[at] << 8), ipv6, packet[ipv6 ? 6 : 9] == 17);
                (received.TryGetValue(key, out var known) ? known : received[key] = []).AddRange(MadePacket.Payload(packet));
            }

            received.Keys.Should().BeEquivalentTo(sent.Keys);
            foreach (var (key, bytes) in sent)
            {
                received[key].Should().Equal(bytes);
            }
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Whatever_headers_say_the_kernel_cuts_what_was_joined_into_the_packets_that_came() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte Kind, byte Length, byte At, byte Bit)[]>(), changes =>
        {
            var sequences = new uint[4];
            var packets = new List<byte[]>();
            foreach (var (kind, length, at, bit) in changes)
            {
                ref var sequence = ref sequences[kind % 4];
                var payload = length % 4 == 0 ? length : 100;
                var packet = MadePacket.Whole(kind % 2 == 0, kind % 4 < 2, payload, sequence: sequence, flags: 0x10);
                sequence += (uint)payload;

                // Most are as they should be; the others have another bit somewhere in their headers, but for version and lengths.
                if (bit % 4 == 0 && at % 72 is not (0 or 2 or 3 or 4 or 5 or 6 or 9))
                {
                    packet[Math.Min(at % 72, packet.Length - 1)] ^= (byte)(1 << (bit / 4 % 8));
                }

                packets.Add(packet);
            }

            Sorted(Join(packets).SelectMany(w => Cut(w.Header, w.Packet))).Should().Equal(Sorted(packets));
        }).QuickCheckThrowOnFailure();

    /// <summary>Packets, sorted, without what the kernel computes anew: IPv4's number and the checksums.</summary>
    private static List<string> Sorted(IEnumerable<byte[]> packets) => [.. packets.Select(p => (byte[])p.Clone()).Select(p =>
    {
        var transport = p[0] >> 4 == 6 ? 40 : 20;
        if (transport == 20)
        {
            p.AsSpan(4, 2).Clear();
            p.AsSpan(10, 2).Clear();
        }

        p.AsSpan(transport + (p[transport == 40 ? 6 : 9] == 17 ? 6 : 16), 2).Clear();
        return Convert.ToHexString(p);
    }).Order(StringComparer.Ordinal)];

    private static List<byte[]> Cut(VirtioHeader header, byte[] packet)
    {
        var fromTun = new byte[VirtioHeader.Length + packet.Length];
        header.Write(fromTun);
        packet.CopyTo(fromTun, VirtioHeader.Length);
        return SegmentsTests.Cut(fromTun);
    }

    private static byte[] Changed(byte[] packet, int at)
    {
        packet[at] ^= 1;
        return packet;
    }

    private static List<(VirtioHeader Header, byte[] Packet)> Join(IReadOnlyList<byte[]> packets, bool joinsUdp = true)
    {
        var tun = new InMemoryTun();
        var joining = new Joining([tun], joinsUdp);
        var buffer = packets.SelectMany(p => p.Concat(new byte[48])).ToArray();
        var at = 0;
        foreach (var packet in packets)
        {
            joining.Add(buffer, new Slice(at, packet.Length));
            at += packet.Length + 48;
        }

        joining.Flush(buffer);
        return tun.Written;
    }
}
