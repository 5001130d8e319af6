using System.Collections.Immutable;
using System.Net;
using Wgns.Linux;
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

    [Test]
    public void Twenty_thousand_routes_that_stand_are_found_to_stand_in_a_moment()
    {
        var routes = Enumerable.Range(0, 20000).Select(n => new Cidr(new IPAddress([10, (byte)(n >> 16), (byte)(n >> 8), (byte)n]), 32)).ToImmutableArray();
        var desired = State("192.0.2.1/32", "10.0.0.0/8");
        var observed = new World().UpOrFail(desired).Observed;
        observed = observed with { Links = [.. observed.Links.Select(l => l.Ifname == "wg0" ? l with { Routes = [.. routes.Select(r => new ObservedRoute(r, true))] } : l)] };
        desired = desired.With(i => i with { Routes = routes });

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var plan = Planner.Up(desired, observed, adopt: false).Plan!;

        // Each of one list looked for in all of the other took many seconds.
        plan.IsEmpty.Should().BeTrue();
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3));
    }

    private static DesiredState State(string address, string network) => Desired.Usual()
        .WithPeers(Desired.Peer("one", network))
        .With(i => i with { Addresses = Desired.Cidrs(address), Routes = Desired.Cidrs(network) });
}
