using FsCheck;
using FsCheck.Fluent;
using Wgns.Demo;
using Wgns.Linux;

namespace Wgns.Tests.Demo;

internal sealed class DemoAddressesTests
{
    [Test]
    public void An_empty_machine_gets_the_first_of_each()
    {
        var chosen = DemoAddresses.Choose([], hasIPv6: false);
        chosen.Host.ToString().Should().Be("192.0.2.1");
        chosen.Uplink.ToString().Should().Be("192.0.2.2");
        chosen.Provider.ToString().Should().Be("10.86.0.1");
        chosen.Client.ToString().Should().Be("10.86.0.2");
        chosen.Inner.Should().Equal(Of("10.86.0.0/24"));
        chosen.ProviderV6.Should().BeNull();
    }

    [Test]
    public void What_the_machine_has_a_route_to_is_left_alone()
    {
        var chosen = DemoAddresses.Choose([Of("192.0.2.2/24"), Of("198.51.100.1/32"), Of("10.0.0.0/8")], hasIPv6: false);
        chosen.Cable.Should().Be(Of("198.51.100.4/30"));
        chosen.Tunnel.Should().Be(Of("198.18.0.0/24"));
    }

    [Test]
    public void With_IPv6_the_tunnel_has_a_unique_local_network_new_each_time()
    {
        var first = DemoAddresses.Choose([], hasIPv6: true);
        var second = DemoAddresses.Choose([], hasIPv6: true);
        first.ClientV6!.ToString().Should().StartWith("fd").And.EndWith("::2");
        first.Inner.Should().HaveCount(2);
        second.TunnelV6.Should().NotBe(first.TunnelV6);
    }

    [Test]
    public void Where_everything_is_taken_it_says_so()
    {
        var choosing = () => DemoAddresses.Choose([Of("192.0.0.0/8"), Of("198.0.0.0/8"), Of("203.0.0.0/8")], hasIPv6: false);
        choosing.Should().Throw<OperationFailedException>().WithMessage("*none is left*");
    }

    [Test]
    public void Nothing_chosen_ever_overlaps_what_is_taken() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte A, byte Length)[]>(), some =>
        {
            var taken = some.Select(s => Of($"{(s.A % 2 == 0 ? "10.86" : "192.0")}.{s.A / 8}.{s.A}/{20 + (s.Length % 13)}")).ToList();
            var chosen = DemoAddresses.Choose(taken, hasIPv6: false);
            return taken.All(t =>
                !t.Contains(chosen.Host) && !t.Contains(chosen.Uplink) && !t.Contains(chosen.Provider) && !t.Contains(chosen.Client)
                && !chosen.Cable.Contains(t.Address) && !chosen.Tunnel.Contains(t.Address));
        }).QuickCheckThrowOnFailure();

    private static Cidr Of(string text) => Cidr.TryParse(text, out var cidr) ? cidr.Value : throw new AssertionException(text);
}
