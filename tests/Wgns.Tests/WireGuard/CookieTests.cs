using Wgns.WireGuard;

namespace Wgns.Tests.WireGuard;

public sealed class CookieTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void A_device_under_load_answers_who_brings_its_cookie()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        other.UnderLoad = true;
        one.SendTo(other, 1);
        network.RunFor(4 * Second);
        other.Sent.Should().ContainSingle().Which.Bytes.Should().HaveCount(64);
        other.Delivered.Should().BeEmpty();
        network.RunFor(2 * Second);
        other.Tags.Should().Equal(1u);
        other.Sent.Count(s => s.Bytes[0] == MessageType.CookieReply).Should().Be(1);
    }

    [Test]
    public void An_initiator_under_load_wants_a_cookie_with_the_response_too()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        one.UnderLoad = true;
        one.SendTo(other, 1);
        network.RunFor(12 * Second);
        other.Tags.Should().Equal(1u);
        one.Sent.Count(s => s.Bytes[0] == MessageType.CookieReply).Should().Be(1);
    }

    [Test]
    public void A_cookie_is_of_no_use_from_another_address()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        other.UnderLoad = true;
        network.Filter = (from, _) => from == other;
        one.SendTo(other, 1);
        other.Receive((byte[])one.Sent[0].Bytes.Clone(), one.Endpoint);
        network.RunFor(6 * Second);
        var signed = one.Sent[^1].Bytes;
        signed[^16..].Should().Contain(b => b != 0);
        other.Receive((byte[])signed.Clone(), one.Endpoint with { Port = 9 });
        other.Receive((byte[])signed.Clone(), one.Endpoint with { Address = one.Endpoint.Address + 1 });
        other.Sent.Should().OnlyContain(s => s.Bytes[0] == MessageType.CookieReply).And.HaveCount(3);
        other.Receive((byte[])signed.Clone(), one.Endpoint);
        other.Sent[^1].Bytes[0].Should().Be((byte)MessageType.Response);
    }

    [Test]
    public void A_cookie_is_used_for_less_than_two_minutes()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        other.UnderLoad = true;
        network.Filter = (from, bytes) => from == one || bytes[0] == MessageType.CookieReply;
        one.SendTo(other, 1);
        network.RunFor(6 * Second);
        HasMac2(one.Sent[^1].Bytes).Should().BeTrue();
        other.UnderLoad = false;
        network.RunFor(200 * Second);
        one.SendTo(other, 2);
        HasMac2(one.Sent[^1].Bytes).Should().BeFalse();
    }

    [Test]
    public void A_replayed_or_forged_cookie_reply_changes_nothing()
    {
        var network = new Network();
        var (one, other) = network.Pair();
        other.UnderLoad = true;
        network.Filter = (from, _) => from == one;
        one.SendTo(other, 1);
        network.RunFor(Second);
        var reply = other.Sent[0].Bytes;
        var forged = (byte[])reply.Clone();
        forged[40] ^= 1;
        one.Receive(forged, other.Endpoint);
        network.RunFor(5 * Second);
        HasMac2(one.Sent[^1].Bytes).Should().BeFalse();

        // It was made for the first initiation, and the second has been sent.
        one.Receive((byte[])reply.Clone(), other.Endpoint);
        network.RunFor(6 * Second);
        HasMac2(one.Sent[^1].Bytes).Should().BeFalse();
    }

    [Test]
    public void A_device_under_load_takes_5_handshakes_at_once_from_one_source_and_20_a_second()
    {
        var limiter = new Wgns.WireGuard.Handshakes.RateLimiter();
        var now = TimeSpan.FromHours(1);
        var source = new Endpoint(0x0A000001, 1, false);
        Enumerable.Range(0, 10).Count(_ => limiter.TryPass(now, source)).Should().Be(5);
        limiter.TryPass(now, source with { Port = 2 }).Should().BeFalse("another port is the same host");
        limiter.TryPass(now, source with { Address = 0x0A000002 }).Should().BeTrue();
        var passed = 0;
        for (var i = 0; i < 1000; i++)
        {
            now += TimeSpan.FromMilliseconds(10);
            passed += limiter.TryPass(now, source) ? 1 : 0;
        }

        passed.Should().BeInRange(199, 201);
    }

    [Test]
    public void An_IPv6_source_is_its_64_and_old_sources_are_forgotten()
    {
        var limiter = new Wgns.WireGuard.Handshakes.RateLimiter();
        var now = TimeSpan.FromHours(1);
        var source = new Endpoint(UInt128.One << 100, 1, true);
        Enumerable.Range(0, 10).Count(i => limiter.TryPass(now, source with { Address = source.Address + (UInt128)i })).Should().Be(5);
        for (var i = 0; i < Wgns.WireGuard.Handshakes.RateLimiter.MaxSources + 10; i++)
        {
            limiter.TryPass(now, new Endpoint((UInt128)i, 1, false));
        }

        limiter.Count.Should().Be(Wgns.WireGuard.Handshakes.RateLimiter.MaxSources);
        limiter.TryPass(now + (2 * Second), source).Should().BeTrue();
        limiter.Count.Should().Be(1);
    }

    private static bool HasMac2(byte[] initiation) => initiation[^16..].Any(b => b != 0);
}
