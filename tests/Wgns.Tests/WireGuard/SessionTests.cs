using Wgns.WireGuard;

namespace Wgns.Tests.WireGuard;

public sealed class SessionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void Traffic_goes_on_through_many_renewals_without_a_lost_packet()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        for (uint i = 0; i < 1000; i++)
        {
            one.SendTo(other, i);
            other.SendTo(one, i);
            network.RunFor(Second);
        }

        other.Tags.Should().BeEquivalentTo(Enumerable.Range(0, 1000));
        one.Tags.Should().BeEquivalentTo(Enumerable.Range(0, 1000));
        var initiations = one.Sent.Concat(other.Sent).Where(s => s.Bytes[0] == MessageType.Initiation).ToList();
        initiations.Count.Should().BeInRange(9, 18);
    }

    [Test]
    public void The_initiator_renews_after_120_seconds_when_it_sends()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        var begin = network.Now;
        one.SendTo(other, 0);
        for (uint i = 0; i < 130; i++)
        {
            network.RunFor(Second);
            one.SendTo(other, i);
        }

        var initiations = Initiations(one);
        initiations.Should().HaveCount(2);
        (initiations[1] - begin).Should().BeCloseTo(120 * Second, Second);
        Initiations(other).Should().BeEmpty();
    }

    [Test]
    public void Two_sides_that_began_at_once_renew_in_time_and_lose_nothing()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var network = new Network(seed);
            var (one, other) = network.Pair();
            var begin = network.Now;
            for (uint i = 0; i < 16_000; i++)
            {
                one.SendTo(other, i);
                other.SendTo(one, i);
                network.RunFor(Second / 64);
            }

            network.RunFor(Second);
            other.Tags.Should().BeEquivalentTo(Enumerable.Range(0, 16_000), "of seed {0}", seed);
            one.Tags.Should().BeEquivalentTo(Enumerable.Range(0, 16_000), "of seed {0}", seed);
            Initiations(one).Concat(Initiations(other)).Select(at => (at - begin).TotalSeconds).Where(at => at > 1)
                .Should().OnlyContain(at => at > 119 && Math.Abs((at % 120) - 0.5) < 2, "of seed {0}", seed)
                .And.HaveCount(2, "of seed {0}", seed);
        }
    }

    [Test]
    public void A_first_message_that_was_held_back_brings_no_old_session_back()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        byte[]? held = null;
        network.Filter = (from, bytes) =>
        {
            if (held is null && from == other && bytes[0] == MessageType.Transport)
            {
                held = bytes;
                return false;
            }

            return true;
        };
        other.SendTo(one, 1);
        network.RunFor(Second);
        held.Should().NotBeNull("its session was answered for, and not used");
        for (uint i = 0; i < 135; i++)
        {
            network.RunFor(Second);
            one.SendTo(other, 100 + i);
        }

        network.RunFor(Second);
        one.Receive(held!, other.Endpoint);
        one.SendTo(other, 1000);
        network.RunFor(Second);
        other.Tags.Should().Contain(1000u);
    }

    [Test]
    public void The_initiator_renews_before_the_end_when_it_only_receives()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 0);
        network.RunFor(163 * Second);
        other.SendTo(one, 1);
        network.RunFor(Second);
        Initiations(one).Should().HaveCount(1);
        network.RunFor(2 * Second);
        other.SendTo(one, 2);
        network.RunFor(Second);
        Initiations(one).Should().HaveCount(2);
        one.Tags.Should().Equal(1u, 2u);
    }

    [Test]
    public void A_session_of_180_seconds_neither_sends_nor_takes()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        one.SendTo(other, 2);
        var late = one.Sent[^1].Bytes;
        network.Filter = (_, _) => false;
        network.RunFor(180 * Second);
        var delivered = other.Delivered.Count;
        other.Receive((byte[])late.Clone(), one.Endpoint);
        other.Delivered.Should().HaveCount(delivered);
        var sent = one.Sent.Count(s => s.Bytes[0] == MessageType.Transport);
        one.SendTo(other, 3);
        one.Sent.Count(s => s.Bytes[0] == MessageType.Transport).Should().Be(sent);
    }

    [Test]
    public void Keys_are_wiped_540_seconds_after_the_last_handshake_and_nothing_wakes_the_device_then()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        var begin = network.Now;
        one.SendTo(other, 1);
        network.RunFor(1000 * Second);
        foreach (var node in new[] { one, other })
        {
            node.Events.Should().ContainSingle(e => e.Kind == ActionKind.KeysWiped)
                .Which.At.Should().BeCloseTo(begin + (540 * Second), Second);
            node.Timer.Should().Be(TimeSpan.MaxValue);
            var keypairs = node.Device.Peers[0].Keypairs;
            new[] { keypairs.Previous, keypairs.Current, keypairs.Next }.Should().AllBeEquivalentTo((object?)null);
        }
    }

    [Test]
    public void An_initiation_is_repeated_every_5_seconds_for_90_seconds_and_then_given_up()
    {
        var network = new Network { Loss = 1 };
        var (one, other) = network.Pair();
        var begin = network.Now;
        one.SendTo(other, 1);
        network.RunFor(300 * Second);
        var times = Initiations(one);
        times.Count.Should().BeInRange(19, 20);
        times.Zip(times.Skip(1), (a, b) => b - a).Should().OnlyContain(t => t >= 5 * Second && t <= 5.334 * Second);
        one.Events.Should().ContainSingle(e => e.Kind == ActionKind.HandshakeAbandoned).Which.At.Should().BeLessThan(begin + (110 * Second));

        network.Loss = 0;
        network.RunFor(100 * Second);
        other.Delivered.Should().BeEmpty("the packet was dropped with the attempt");
        one.SendTo(other, 2);
        network.RunFor(Second);
        other.Tags.Should().Equal(2u);
    }

    [Test]
    public void A_silent_receiver_sends_a_keepalive_after_10_seconds()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(9 * Second);
        other.Sent.Should().HaveCount(1);
        network.RunFor(2 * Second);
        other.Sent.Should().HaveCount(2);
        other.Sent[1].Bytes.Should().HaveCount(Wgns.WireGuard.Sessions.Transport.EmptyLength);
        network.RunFor(100 * Second);
        one.Sent.Should().HaveCount(2, "a keepalive is not answered");
    }

    [Test]
    public void A_sender_that_hears_nothing_for_15_seconds_begins_anew()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(30 * Second);
        network.Filter = (from, _) => from == one;
        var begin = network.Now;
        one.SendTo(other, 2);
        network.RunFor(16 * Second);
        (Initiations(one)[1] - begin).Should().BeCloseTo(15.17 * Second, 0.17 * Second);
    }

    [Test]
    public void A_persistent_keepalive_is_sent_at_once_and_then_in_its_interval()
    {
        var network = new Network();
        var (one, other) = (network.Add(), network.Add());
        other.Knows(one);
        one.Knows(other, keepalive: 25 * Second);
        network.RunFor(100 * Second);
        one.Events.Should().Contain(e => e.Kind == ActionKind.HandshakeComplete);
        var times = one.Sent.Where(s => s.Bytes.Length == 32).Select(s => s.At).ToList();
        times.Should().HaveCount(4);
        times.Zip(times.Skip(1), (a, b) => b - a).Should().OnlyContain(t => t == 25 * Second);
    }

    [Test]
    public void Persistent_keepalives_begin_when_the_endpoint_becomes_known()
    {
        var network = new Network();
        var (one, other) = (network.Add(), network.Add());
        other.Knows(one);
        var peer = one.Knows(other, withEndpoint: false, keepalive: 25 * Second);
        network.RunFor(300 * Second);
        one.Sent.Should().BeEmpty();
        one.CarryOut(actions => one.Device.SetEndpoint(one.Now, peer, other.Endpoint, actions));
        network.RunFor(Second);
        one.Events.Should().Contain(e => e.Kind == ActionKind.HandshakeComplete);
    }

    [Test]
    public void A_used_up_counter_ends_a_session_before_it_repeats()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(10 * Second);
        var keypair = one.Device.Peers[0].Keypairs.Current!;
        keypair.SkipTo(Constants.RejectAfterMessages - 2);
        for (uint i = 2; i < 6; i++)
        {
            one.SendTo(other, i);
        }

        network.RunFor(10 * Second);
        other.Tags.Should().BeEquivalentTo([1u, 2u, 3u, 4u, 5u]);
        one.Device.Peers[0].Keypairs.Current.Should().NotBeSameAs(keypair);
        keypair.TryReserve(1, out _).Should().BeFalse();
    }

    [Test]
    public void A_session_of_2_to_the_60_messages_is_renewed()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(10 * Second);
        other.Device.Peers[0].Keypairs.Current!.SkipTo(Constants.RekeyAfterMessages);
        other.SendTo(one, 2);
        network.RunFor(Second);
        Initiations(other).Should().ContainSingle();
    }

    [Test]
    public void Only_128_packets_wait_for_a_session_and_the_latest_are_kept()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        for (uint i = 0; i < 200; i++)
        {
            one.SendTo(other, i);
        }

        network.RunFor(Second);
        other.Tags.Should().BeEquivalentTo(Enumerable.Range(72, 128));
    }

    [Test]
    public void A_packet_from_an_address_that_is_not_the_peers_is_dropped()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        other.Device.SetAllowedIps(other.Device.Peers[0], [new(Node.Inside(77), 32)], replace: true);
        one.SendTo(other, 2);
        network.RunFor(Second);
        other.Tags.Should().Equal(1u);
    }

    [Test]
    public void A_new_private_key_ends_every_session_and_a_removed_peer_is_a_stranger()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        var keypair = other.Device.Peers[0].Keypairs.Current!;
        other.Device.RemovePeer(other.Device.Peers[0]);
        keypair.SendingKey.ToArray().Should().OnlyContain(b => b == 0);
        keypair.ReceivingKey.ToArray().Should().OnlyContain(b => b == 0);
        var sent = other.Sent.Count;
        one.SendTo(other, 2);
        network.RunFor(60 * Second);
        other.Sent.Should().HaveCount(sent);
        other.Delivered.Should().ContainSingle();

        var own = one.Device.Peers[0].Keypairs;
        one.Device.SetPrivateKey([.. Enumerable.Repeat((byte)5, 32)]);
        own.Current.Should().BeNull();
    }

    [Test]
    public void The_same_private_key_again_ends_no_session()
    {
        var device = new Device(Node.Primitives, new SeededRandom(1));
        byte[] key = [.. Enumerable.Repeat((byte)5, 32)];
        device.SetPrivateKey(key);
        var peer = device.AddPeer(new PublicKey([.. Enumerable.Repeat((byte)9, 32)]))!;
        var keypair = new Wgns.WireGuard.Sessions.Keypair(peer, 1, 2, true, default, key, key);
        peer.Keypairs.Add(keypair);
        device.SetPrivateKey(key);
        peer.Keypairs.Current.Should().BeSameAs(keypair);
        key[20] ^= 1;
        device.SetPrivateKey(key);
        peer.Keypairs.Current.Should().BeNull();
        device.Dispose();
    }

    [Test]
    public void A_peer_that_moves_is_followed()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        one.Endpoint = one.Endpoint with { Port = 4444 };
        one.SendTo(other, 2);
        network.RunFor(Second);
        other.Events.Should().ContainSingle(e => e.Kind == ActionKind.EndpointChanged);
        other.Device.Peers[0].Endpoint.Should().Be(one.Endpoint);
        other.SendTo(one, 3);
        network.RunFor(Second);
        one.Tags.Should().Equal(3u);
    }

    [Test]
    public void A_replay_from_elsewhere_moves_nobody()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        foreach (var (_, bytes) in one.Sent.ToList())
        {
            other.Receive((byte[])bytes.Clone(), one.Endpoint with { Port = 666 });
        }

        other.Device.Peers[0].Endpoint.Should().Be(one.Endpoint);
        other.Tags.Should().Equal(1u);
    }

    private static List<TimeSpan> Initiations(Node node) =>
        [.. node.Sent.Where(s => s.Bytes[0] == MessageType.Initiation).Select(s => s.At)];
}
