using Wgns.Linux.Netlink;

namespace Wgns.Tests.Linux.Netlink;

public sealed class MessageWriterTests
{
    [Test]
    public void A_message_is_its_header_and_attributes_padded_to_four()
    {
        using var writer = new MessageWriter(16, 0x400);
        writer.Text(3, "wg0").U32(4, 1420).U8(9, 7);
        using (writer.Nest(18))
        {
            writer.Text(1, "dummy");
        }

        // struct nlmsghdr {u32 len, u16 type, u16 flags, u32 seq, u32 pid}, then struct nlattr {u16 len, u16 type}
        // each with its value; len counts the attribute's header and not its padding. NLM_F_REQUEST is 1, NLM_F_ACK 4.
        writer.Finish(5, 4).ToArray().Should().Equal(Bytes.Of(
            """
            38000000 1000 0504 05000000 00000000
            0800 0300 77673000
            0800 0400 8c050000
            0500 0900 07 000000
            1000 1280  0a00 0100 64756d6d7900 0000
            """));
    }

    [Test]
    public void Growing_keeps_what_was_written()
    {
        using var writer = new MessageWriter(16);
        for (uint i = 0; i < 10_000; i++)
        {
            writer.U32(1, i);
        }

        var values = new List<uint>();
        foreach (var message in new MessageReader(writer.Finish(1, 0)))
        {
            foreach (var attribute in message.AttributesAt(0))
            {
                values.Add(attribute.U32!.Value);
            }
        }

        values.Should().Equal(Enumerable.Range(0, 10_000).Select(i => (uint)i));
    }

    [Test]
    public void An_attribute_too_long_for_its_length_field_is_refused()
    {
        using var writer = new MessageWriter(16);
        var act = () => writer.Bytes(1, new byte[65_532]);
        act.Should().Throw<InvalidOperationException>();
        var nested = () =>
        {
            using (writer.Nest(1))
            {
                writer.Bytes(2, new byte[40_000]).Bytes(2, new byte[40_000]);
            }
        };
        nested.Should().Throw<InvalidOperationException>();
    }

    [Test]
    public void Disposal_wipes_the_bytes()
    {
        var writer = new MessageWriter(16);
        var bytes = writer.Bytes(3, [0xAA, 0xAA, 0xAA, 0xAA]).Finish(1, 0);
        writer.Dispose();
        bytes.ContainsAnyExcept((byte)0).Should().BeFalse();
    }
}
