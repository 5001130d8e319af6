using System.Buffers.Binary;
using Wgns.WireGuard;
using Wgns.WireGuard.Handshakes;

namespace Wgns.Tests.WireGuard;

/// <summary>What a stranger can send: it must cost no exception, no memory and no answer.</summary>
public sealed class SilenceTests
{
    private static readonly int[] Lengths = [0, 1, 3, 4, 5, 8, 16, 31, 32, 33, 48, 63, 64, 65, 91, 92, 93, 147, 148, 149, 300, 1500];

    [Test]
    public void Millions_of_malformed_datagrams_cost_no_exception_no_memory_and_no_answer()
    {
        const int times = 2_000_000;
        var (other, genuine) = WithSession();
        using var aead = Node.Primitives.CreateAead();
        var actions = new ActionList();
        var random = new Random(99);
        var buffer = new byte[1500];
        var source = new Endpoint(0x0A0A0A0A, 1, false);
        var now = other.Now;
        long before = 0;

        // So many first, for each rare path's first time: compiling it allocates.
        for (var i = -100_000; i < times; i++)
        {
            if (i == 0)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            var length = Make(random, genuine, buffer);
            var datagram = buffer.AsSpan(0, length);
            if ((i & 1) == 0)
            {
                Span<Slice> slices = [new Slice(0, length)];
                other.Device.Open(aead, now.Now, datagram, slices, source, out _, out var followUps);
                if (slices[0].Length != 0 || followUps != FollowUps.None)
                {
                    Assert.Fail("opened");
                }
            }
            else
            {
                other.Device.Receive(now, datagram, source, underLoad: (i & 2) == 0, actions);
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        actions.Count.Should().Be(0);
    }

    [Test]
    public void Who_knows_the_public_key_and_no_more_gets_no_answer_either()
    {
        var (other, _) = WithSession();
        var key = new byte[32];
        other.PublicKey.CopyTo(key);
        var jar = new CookieJar(new MacKeys(Node.Primitives, key));
        var actions = new ActionList();
        var random = new Random(5);
        var now = other.Now;
        long before = 0;
        var message = new byte[148];
        for (var i = -20; i < 2000; i++)
        {
            if (i == 0)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            random.NextBytes(message);
            var datagram = message.AsSpan(0, i % 2 == 0 ? 148 : 92);
            BinaryPrimitives.WriteUInt32LittleEndian(datagram, i % 2 == 0 ? 1u : 2u);
            if (i % 10 == 0)
            {
                datagram[8..40].Clear();
            }

            jar.Sign(Node.Primitives, now.Now, datagram);
            other.Device.Receive(now, datagram, other.Endpoint, underLoad: false, actions);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        actions.Count.Should().Be(0);
    }

    /// <summary>Noise; noise with a genuine beginning; a genuine message with changed bits, cut or grown.</summary>
    private static int Make(Random random, List<byte[]> genuine, byte[] buffer)
    {
        var kind = random.Next(4);
        if (kind < 2)
        {
            var length = Lengths[random.Next(Lengths.Length)];
            random.NextBytes(buffer.AsSpan(0, length));
            if (kind == 1 && length >= 4)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(buffer, (uint)random.Next(6));
                if (length >= 8 && random.Next(2) == 0)
                {
                    genuine[random.Next(genuine.Count)].AsSpan(4, 4).CopyTo(buffer.AsSpan(4));
                }
            }

            return length;
        }

        var message = genuine[random.Next(genuine.Count)];
        message.CopyTo(buffer, 0);

        // But for mac2: under load the rest, being genuine, would earn its sender a cookie.
        buffer[random.Next(message[0] == MessageType.Transport ? message.Length : message.Length - Macs.Length)] ^= (byte)(1 << random.Next(8));
        return kind == 2 ? message.Length : random.Next(message.Length + 20);
    }

    /// <summary>A device with a session, and every message that it has already been sent.</summary>
    private static (Node Other, List<byte[]> Genuine) WithSession()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        for (uint i = 0; i < 3; i++)
        {
            one.SendTo(other, i);
            network.RunFor(TimeSpan.FromSeconds(1));
        }

        return (other, [.. one.Sent.Select(s => s.Bytes)]);
    }
}
