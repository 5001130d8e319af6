using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Engine.Embedded;
using Wgns.Linux.Tun;

namespace Wgns.Tests.Engine.Embedded;

public sealed class SegmentsTests
{
    [Test]
    public void A_sum_is_what_adding_word_by_word_gives()
    {
        var random = new Random(1);
        foreach (var length in Enumerable.Range(0, 200).Concat([1419, 1420, 9001, 65535]))
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var folded = InternetChecksum.Fold(InternetChecksum.Add(0, bytes));
            var ours = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded;
            ours.Should().Be(MadePacket.Sum(bytes), "of {0} bytes", length);
        }

        var ones = new byte[65535];
        ones.AsSpan().Fill(0xFF);
        var all = InternetChecksum.Fold(InternetChecksum.Add(0, ones));
        (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(all) : all).Should().Be(MadePacket.Sum(ones));
    }

    [Test]
    public void What_the_kernel_left_joined_becomes_packets_that_are_right(
        [Values] bool ipv6, [Values] bool udp, [Values(1, 100, 1368, 1369, 50000)] int payload)
    {
        var packets = Cut(MadePacket.FromTun(ipv6, udp, payload, MadePacket.Mss));
        packets.Should().HaveCount((payload + MadePacket.Mss - 1) / MadePacket.Mss).And.OnlyContain(p => MadePacket.IsRight(p));
        packets.SelectMany(MadePacket.Payload).Should().Equal(MadePacket.Payload(MadePacket.Whole(ipv6, udp, payload)));
        foreach (var packet in packets)
        {
            BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(ipv6 ? 4 : 2)).Should().Be((ushort)(packet.Length - (ipv6 ? 40 : 0)));
        }
    }

    [Test]
    public void Segments_count_on_and_only_the_last_one_pushes_and_ends_and_only_the_first_one_says_that_the_window_was_reduced()
    {
        var packets = Cut(MadePacket.FromTun(ipv6: false, udp: false, 3 * MadePacket.Mss, MadePacket.Mss, sequence: uint.MaxValue - 2000, flags: 0x99));
        packets.Select(p => BinaryPrimitives.ReadUInt32BigEndian(p.AsSpan(24)))
            .Should().Equal(uint.MaxValue - 2000, uint.MaxValue - 632, 735);
        packets.Select(p => p[33]).Should().Equal(0x90, 0x10, 0x19);
        packets.Select(p => BinaryPrimitives.ReadUInt16BigEndian(p.AsSpan(4))).Should().Equal(0, 1, 2);
    }

    [Test]
    public void A_packet_that_is_not_as_its_header_says_is_dropped_and_nothing_is_read_beyond_it() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<(byte, byte, ushort, ushort, ushort)>(), (bytes, raw) =>
        {
            foreach (var first in new byte[] { 0x45, 0x4F, 0x60, 0 })
            {
                byte[] packet = [first, .. bytes, .. bytes, .. bytes];
                var header = new VirtioHeader((Segmentation)(raw.Item1 % 5), raw.Item2 % 2 == 0, raw.Item3, (ushort)(raw.Item3 % 50), (ushort)(raw.Item4 % 70), (ushort)(raw.Item5 % 40));
                var segments = new Segments(header, packet);
                var total = 0;
                while (segments.NextLength is > 0 and var length)
                {
                    segments.Write(new byte[length]);
                    total += length;
                }

                total.Should().BeLessThan(70 * 65536);
            }
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Segments_of_a_TCP_header_that_says_it_is_shorter_than_one_can_be_are_dropped([Values(0, 1, 2, 3, 4)] int words)
    {
        var fromTun = MadePacket.FromTun(ipv6: false, udp: false, 100, segmentSize: 1);
        fromTun[VirtioHeader.Length + 32] = (byte)(words << 4);
        Cut(fromTun).Should().BeEmpty();
    }

    internal static List<byte[]> Cut(byte[] fromTun)
    {
        var segments = new Segments(VirtioHeader.Read(fromTun), fromTun.AsSpan(VirtioHeader.Length));
        var packets = new List<byte[]>();
        while (segments.NextLength is > 0 and var length)
        {
            var packet = new byte[length];
            segments.Write(packet);
            packets.Add(packet);
        }

        return packets;
    }
}
