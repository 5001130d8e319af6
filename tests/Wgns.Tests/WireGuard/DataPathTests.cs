using Wgns.WireGuard;
using Wgns.WireGuard.Sessions;

namespace Wgns.Tests.WireGuard;

public sealed class DataPathTests
{
    private const int Stride = 1500;
    private const int Batch = 32;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void A_batch_is_sealed_and_opened_where_it_lies_without_memory()
    {
        var (one, other) = WithSession();
        using var aead = Node.Primitives.CreateAead();
        var buffer = new byte[Stride * Batch];
        var slices = new Slice[Batch];
        var packet = Node.Packet(1, 2, 5, 1400);
        var before = 0L;
        for (var round = 0; round < 200; round++)
        {
            if (round == 10)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            Fill(buffer, slices, packet);
            Passes(one, other, aead, buffer, slices);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        Array.TrueForAll(slices, s => buffer.AsSpan(s.Start, s.Length).SequenceEqual(packet)).Should().BeTrue();
    }

    [Test]
    public void A_batch_of_several_sessions_and_strangers_is_opened_run_by_run()
    {
        var network = new Network();
        var (one, other, third) = (network.Add(), network.Add(), network.Add());
        one.Knows(other);
        third.Knows(other);
        other.Knows(one);
        other.Knows(third);
        one.SendTo(other, 1);
        third.SendTo(other, 1);
        network.RunFor(Second);
        byte[][] messages = [Message(one, other), Message(one, other), [9, 9, 9], Message(third, other), Message(one, other)];
        messages[1][20] ^= 1;
        var buffer = messages.SelectMany(m => m).ToArray();
        var start = 0;
        var slices = messages.Select(m => new Slice((start += m.Length) - m.Length, m.Length)).ToArray();
        using var aead = Node.Primitives.CreateAead();
        var done = 0;
        var peers = new List<PublicKey?>();
        while (done < slices.Length)
        {
            done += other.Device.Open(aead, other.Now.Now, buffer, slices.AsSpan(done), one.Endpoint, out var peer, out _);
            peers.Add(peer?.PublicKey);
        }

        peers.Should().Equal(one.PublicKey, null, third.PublicKey, one.PublicKey);
        slices.Select(s => s.Length).Should().Equal(60, 0, 0, 60, 60);
    }

    [Test]
    public void Threads_that_send_at_once_never_use_a_counter_twice()
    {
        var (one, other) = WithSession();
        var peer = one.Device.Peers[0];
        var counters = new List<ulong>[4];
        var threads = Enumerable.Range(0, counters.Length).Select(t => new Thread(() =>
        {
            counters[t] = [];
            using var aead = Node.Primitives.CreateAead();
            var buffer = new byte[Stride * Batch];
            var slices = new Slice[Batch];
            var packet = Node.Packet(1, 2, 5, 100);
            for (var round = 0; round < 300; round++)
            {
                Fill(buffer, slices, packet);
                one.Device.Seal(aead, one.Now.Now, peer, buffer, slices, out _);
                foreach (var slice in slices)
                {
                    counters[t].Add(Transport.CounterOf(buffer.AsSpan(slice.Start, slice.Length)));
                }
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        counters.SelectMany(c => c).Should().OnlyHaveUniqueItems().And.HaveCount(4 * 300 * Batch);
    }

    [Test]
    public void Threads_that_receive_the_same_messages_at_once_deliver_each_once()
    {
        var (one, other) = WithSession();
        var messages = Enumerable.Range(0, 3000).Select(_ => Message(one, other)).ToList();
        var delivered = new int[messages.Count];
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            using var aead = Node.Primitives.CreateAead();
            for (var i = 0; i < messages.Count; i++)
            {
                var buffer = (byte[])messages[i].Clone();
                Span<Slice> slices = [new Slice(0, buffer.Length)];
                other.Device.Open(aead, other.Now.Now, buffer, slices, one.Endpoint, out var _, out var _);
                Interlocked.Add(ref delivered[i], slices[0].Length > 0 ? 1 : 0);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        delivered.Should().OnlyContain(times => times == 1);
    }

    [Test]
    public void Keys_stay_until_the_last_thread_that_uses_them_lets_go()
    {
        var (one, _) = WithSession();
        var keypair = one.Device.Peers[0].Keypairs.Current!;
        keypair.TryHold().Should().BeTrue();
        keypair.TryHold().Should().BeTrue();
        one.Device.RemovePeer(one.Device.Peers[0]);
        keypair.TryHold().Should().BeFalse();
        keypair.SendingKey.ToArray().Should().Contain(b => b != 0);
        keypair.Release();
        keypair.SendingKey.ToArray().Should().Contain(b => b != 0);
        keypair.Release();
        keypair.SendingKey.ToArray().Should().OnlyContain(b => b == 0);
        keypair.ReceivingKey.ToArray().Should().OnlyContain(b => b == 0);
        keypair.TryHold().Should().BeFalse();
    }

    [Test]
    public void No_packet_is_ever_sealed_with_wiped_keys_while_sessions_come_and_go()
    {
        var (one, _) = WithSession();
        var wrong = 0;
        for (var round = 0; round < 2000; round++)
        {
            var keypair = new Keypair(one.Device.Peers[0], 1, 2, true, default, [.. Enumerable.Repeat((byte)7, 32)], new byte[32]);
            using var go = new Barrier(2);
            var user = new Thread(() =>
            {
                go.SignalAndWait();
                for (var i = 0; i < 50 && keypair.TryHold(); i++)
                {
                    wrong += keypair.SendingKey[31] == 7 ? 0 : 1;
                    keypair.Release();
                }
            });
            user.Start();
            go.SignalAndWait();
            keypair.End();
            user.Join();
            keypair.SendingKey[31].Should().Be(0);
        }

        wrong.Should().Be(0);
    }

    private static (Node, Node) WithSession()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        return (one, other);
    }

    private static byte[] Message(Node from, Node to)
    {
        from.SendTo(to, 3).Should().BeTrue();
        return from.Sent[^1].Bytes;
    }

    private static void Fill(byte[] buffer, Slice[] slices, byte[] packet)
    {
        for (var i = 0; i < slices.Length; i++)
        {
            slices[i] = new Slice(i * Stride, packet.Length);
            packet.CopyTo(buffer, (i * Stride) + Transport.HeaderLength);
        }
    }

    private static void Passes(Node one, Node other, Wgns.WireGuard.Primitives.IAead aead, byte[] buffer, Slice[] slices)
    {
        if (!one.Device.Seal(aead, one.Now.Now, PeerOf(one), buffer, slices, out _)
            || other.Device.Open(aead, other.Now.Now, buffer, slices, one.Endpoint, out _, out _) != slices.Length)
        {
            Assert.Fail("the batch did not pass");
        }
    }

    private static Peer PeerOf(Node node) => node.Device.PeerFor(Packet)!;

    private static readonly byte[] Packet = Node.Packet(1, 2, 0, 60);
}
