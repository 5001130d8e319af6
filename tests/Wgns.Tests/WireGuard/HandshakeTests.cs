using Wgns.WireGuard;

namespace Wgns.Tests.WireGuard;

public sealed class HandshakeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void A_packet_that_waits_for_the_handshake_arrives_after_it()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 7).Should().BeTrue();
        network.RunFor(Second);
        other.Tags.Should().Equal(7u);
        one.Sent.Select(s => s.Bytes.Length).Should().Equal(148, 96);
        other.Sent.Select(s => s.Bytes.Length).Should().Equal(92);
        one.Events.Select(e => e.Kind).Should().Equal(ActionKind.HandshakeComplete);
        other.Events.Select(e => e.Kind).Should().Equal(ActionKind.HandshakeComplete);
    }

    [Test]
    public void Both_directions_use_the_session_that_one_side_began()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        for (uint i = 2; i < 100; i++)
        {
            one.SendTo(other, i);
            other.SendTo(one, i);
        }

        network.RunFor(Second);
        other.Tags.Should().BeEquivalentTo(Enumerable.Range(1, 99));
        one.Tags.Should().BeEquivalentTo(Enumerable.Range(2, 98));
        one.Sent.Concat(other.Sent).Count(s => s.Bytes[0] != MessageType.Transport).Should().Be(2);
    }

    [Test]
    public void Every_length_of_packet_arrives_as_it_was()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        for (var length = 24; length <= 1420; length++)
        {
            one.SendTo(other, (uint)length, length);
            network.RunFor(Second);
            other.Delivered[^1].Should().Equal(Node.Packet(1, 2, (uint)length, length));
            one.Sent.FindLast(s => s.Bytes[0] == MessageType.Transport && s.Bytes.Length > 32).Bytes.Length.Should().Be(32 + Math.Min(1420, (length + 15) / 16 * 16));
        }
    }

    [Test]
    public void Only_the_same_preshared_key_opens_a_session()
    {
        byte[] psk = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        byte[] wrong = [.. psk.Reverse()];
        foreach (var (theirs, works) in new[] { (psk, true), (wrong, false), (new byte[32], false) })
        {
            var network = new Network();
            var (one, other) = (network.Add(), network.Add());
            one.Knows(other, psk);
            other.Knows(one, theirs);
            one.SendTo(other, 1);
            network.RunFor(20 * Second);
            other.Tags.Any().Should().Be(works);
            one.Events.Any(e => e.Kind == ActionKind.HandshakeComplete).Should().Be(works);
        }
    }

    [Test]
    public void A_stranger_gets_no_answer()
    {
        var network = new Network();
        var (stranger, other) = (network.Add(), network.Add());
        stranger.Knows(other);
        stranger.SendTo(other, 1);
        network.RunFor(100 * Second);
        stranger.Sent.Should().HaveCountGreaterThan(10);
        other.Sent.Should().BeEmpty();
        other.Timer.Should().Be(TimeSpan.MaxValue);
    }

    [Test]
    public void A_device_without_a_private_key_neither_asks_nor_answers()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        other.Device.SetPrivateKey(new byte[32]);
        one.SendTo(other, 1);
        other.SendTo(one, 1);
        network.RunFor(100 * Second);
        other.Sent.Should().BeEmpty();
    }

    [Test]
    public void A_replayed_initiation_gets_no_answer()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        var initiation = one.Sent[0].Bytes;
        var answers = other.Sent.Count;
        for (var i = 0; i < 10; i++)
        {
            other.Receive((byte[])initiation.Clone(), one.Endpoint);
            network.RunFor(Second);
        }

        other.Sent.Count(s => s.Bytes[0] == MessageType.Response).Should().Be(answers);
    }

    [Test]
    public void A_replayed_response_or_a_response_to_nothing_opens_no_session()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        var sent = one.Sent.Count;
        one.Receive((byte[])other.Sent[0].Bytes.Clone(), other.Endpoint);
        one.Events.Should().ContainSingle();
        one.Sent.Should().HaveCount(sent);
    }

    [Test]
    public void A_forged_response_does_not_disturb_the_handshake_under_way()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        network.Filter = (from, bytes) =>
        {
            if (from == other && bytes[0] == MessageType.Response)
            {
                // Right macs, another ephemeral key: what somebody could send who sees our messages and knows our public key.
                var forged = (byte[])bytes.Clone();
                forged[20] ^= 1;
                new Wgns.WireGuard.Handshakes.CookieJar(new Wgns.WireGuard.Handshakes.MacKeys(Node.Primitives, KeyOf(one)))
                    .Sign(Node.Primitives, default, forged);
                one.Receive(forged, other.Endpoint);
            }

            return true;
        };
        one.SendTo(other, 1);
        network.RunFor(Second);
        other.Tags.Should().Equal(1u);
    }

    [Test]
    public void Two_sides_that_begin_at_once_both_get_through()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var network = new Network(seed);
            var (one, other) = network.Pair();
            one.SendTo(other, 1);
            other.SendTo(one, 2);
            network.RunFor(Second);
            one.SendTo(other, 3);
            other.SendTo(one, 4);
            network.RunFor(Second);
            other.Tags.Should().BeEquivalentTo([1u, 3u]);
            one.Tags.Should().BeEquivalentTo([2u, 4u]);
        }
    }

    [Test]
    public void A_clock_that_was_set_back_does_not_stop_handshakes()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.SendTo(other, 1);
        network.RunFor(Second);
        one.WallOffset = TimeSpan.FromDays(-1000);
        network.RunFor(TimeSpan.FromSeconds(200));
        one.SendTo(other, 2);
        network.RunFor(Second);
        other.Tags.Should().Equal(1u, 2u);
    }

    [Test]
    public void A_peer_without_an_endpoint_cannot_be_sent_to_before_it_calls()
    {
        var network = new Network();
        var (one, other) = (network.Add(), network.Add());
        one.Knows(other);
        other.Knows(one, withEndpoint: false);
        other.SendTo(one, 1).Should().BeFalse();
        one.SendTo(other, 2);
        network.RunFor(Second);
        other.SendTo(one, 3).Should().BeTrue();
        network.RunFor(Second);
        one.Tags.Should().Equal(3u);
    }

    [Test]
    public void A_peer_whose_key_is_a_point_of_small_order_is_never_spoken_to()
    {
        var network = new Network();
        var one = network.Add();
        var peer = one.Device.AddPeer(new PublicKey(new byte[32]))!;
        one.CarryOut(actions => one.Device.SetEndpoint(one.Now, peer, one.Endpoint, actions));
        one.CarryOut(actions => one.Device.Send(one.Now, peer, Node.Packet(1, 2, 3, 40), actions));
        network.RunFor(100 * Second);
        one.Sent.Should().BeEmpty();
    }

    private static byte[] KeyOf(Node node)
    {
        var key = new byte[32];
        node.PublicKey.CopyTo(key);
        return key;
    }
}
