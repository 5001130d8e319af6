using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

/// <summary>Allowed IPs that are the subnet of an address of ours: the kernel makes that route by itself.</summary>
public sealed class ConnectedRouteTests
{
    [TestCase("10.0.0.2/24", "10.0.0.0/24")]
    [TestCase("fd00::2/64", "fd00::/64")]
    [TestCase("fd00::2/128", "fd00::2/128")]
    public void The_route_to_the_subnet_of_an_own_address_is_left_to_the_kernel(string address, string network)
    {
        var desired = State(address, network);

        new World().PlanUp(desired).Steps.Select(s => s.Do).OfType<AddRoute>().Should().BeEmpty();
        new World().UpOrFail(desired).PlanUp(desired).IsEmpty.Should().BeTrue();
    }

    [Test]
    public void A_single_IPv4_address_brings_no_route_so_ours_is_added() =>
        new World().PlanUp(State("10.0.0.2/32", "10.0.0.2/32")).Steps.Select(s => s.Do).OfType<AddRoute>()
            .Should().ContainSingle();

    [TestCase("10.0.0.2/24", "10.0.0.2/32", "10.0.0.0/24")]
    [TestCase("fd00::2/64", "fd00::2/128", "fd00::/64")]
    public void The_route_is_added_by_the_reload_that_takes_the_subnet_away(string before, string after, string network)
    {
        var world = new World().UpOrFail(State(before, network)).UpOrFail(State(after, network));

        world.Observed.Link("wg0")!.Routes.Should().Contain(new ObservedRoute(Desired.Cidrs(network)[0], true));
        world.PlanUp(State(after, network)).IsEmpty.Should().BeTrue();
    }

    private static DesiredState State(string address, string network) => Desired.Usual()
        .WithPeers(Desired.Peer("one", network))
        .With(i => i with { Addresses = Desired.Cidrs(address), Routes = Desired.Cidrs(network) });
}
