using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

/// <summary>Law 11: a change never drops a session that need not be dropped.</summary>
public sealed class PeerChangeTests
{
    private static readonly DesiredPeer One = Desired.Peer("one", "0.0.0.0/0", "::/0");
    private static readonly DesiredPeer Two = Desired.Peer("two", "10.0.0.0/8");

    [Test]
    public void A_new_peer_is_added_and_the_others_are_not_spoken_of() =>
        Patch([One], [One, Two]).Peers.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new PeerPatch(Two.PublicKey, IsNew: true, Endpoint: Two.Address, EndpointName: Two.Endpoint, PersistentKeepalive: 25, AllowedIps: Two.AllowedIps));

    [Test]
    public void A_peer_that_is_not_wanted_any_more_is_removed_and_the_others_are_not_spoken_of() =>
        Patch([One, Two], [One]).Peers.Should().ContainSingle().Which.Should().Be(new PeerPatch(Two.PublicKey, Remove: true));

    [Test]
    public void Only_what_changed_of_a_peer_is_set()
    {
        var address = IPEndPoint.Parse("192.0.2.77:9");
        Only(One with { Address = address }).Should().Be(new PeerPatch(One.PublicKey, Endpoint: address, EndpointName: One.Endpoint));
        Only(One with { PersistentKeepalive = 0 }).Should().Be(new PeerPatch(One.PublicKey, PersistentKeepalive: 0));
        var fewer = Desired.Cidrs("::/0");
        Only(One with { AllowedIps = fewer }).Should().Be(new PeerPatch(One.PublicKey, AllowedIps: fewer));
        var withPsk = One.WithPsk("/psk");
        Only(withPsk).Should().Be(new PeerPatch(One.PublicKey, PresharedKey: withPsk.PresharedKey));
        Patch([withPsk, Two], [One, Two]).Peers.Should().Equal(new PeerPatch(One.PublicKey, ClearPresharedKey: true));
    }

    [Test]
    public void The_order_of_networks_and_the_form_of_an_address_are_no_change()
    {
        var world = new World().UpOrFail(Desired.Usual().WithPeers(One with { Address = IPEndPoint.Parse("[::ffff:192.0.2.1]:51820") }));

        world.Next(Desired.Usual().WithPeers(One with { AllowedIps = Desired.Cidrs("::/0", "0.0.0.0/0") })).Should().BeEmpty();
    }

    [Test]
    public void A_peer_that_is_called_by_only_keeps_the_endpoint_that_it_called_from() =>
        new World().UpOrFail(Desired.Usual().WithPeers(One)).Next(Desired.Usual().WithPeers(One with { Address = null, Endpoint = null }))
            .Should().BeEmpty();

    [Test]
    public void A_port_that_the_engine_chose_is_left() =>
        new World().UpOrFail(Desired.Usual()).Next(Desired.Usual().With(i => i with { Device = i.Device with { ListenPort = null } }))
            .Should().BeEmpty();

    [Test]
    public void A_network_that_goes_from_one_peer_to_another_is_set_on_both() =>
        Patch([One, Two], [One with { AllowedIps = Desired.Cidrs("::/0") }, Two with { AllowedIps = Desired.Cidrs("10.0.0.0/8", "0.0.0.0/0") }])
            .Peers.Should().HaveCount(2).And.OnlyContain(p => p.AllowedIps != null && !p.Remove && !p.IsNew);

    [Test]
    public void No_live_peer_is_ever_removed_or_made_anew_while_its_device_stays() =>
        Prop.ForAll(RandomStates.State.ToArbitrary(), RandomStates.State.ToArbitrary(), (before, after) =>
        {
            var world = new World().UpOrFail(before);
            var steps = world.PlanUp(after).Steps.Select(s => s.Do).ToList();
            foreach (var item in after.Interfaces)
            {
                if (before.Interfaces.FirstOrDefault(b => b.Ifname == item.Ifname) is not { } old || (old.Engine is null) != (item.Engine is null) || (old.Engine?.Inside is null) != (item.Engine?.Inside is null))
                {
                    continue;
                }

                steps.Should().NotContain(s => s is CreateLink && ((CreateLink)s).Ifname == item.Ifname);
                var stay = old.Device.Peers.Select(p => p.PublicKey).Intersect(item.Device.Peers.Select(p => p.PublicKey)).ToList();
                foreach (var peer in steps.OfType<ConfigureDevice>().Where(c => c.Ifname == item.Ifname).SelectMany(c => c.Patch.Peers))
                {
                    (stay.Contains(peer.PublicKey) && (peer.Remove || peer.IsNew)).Should().BeFalse();
                }
            }
        }).Check(FreshUpTests.Quick(300));

    private static PeerPatch Only(DesiredPeer changed) => Patch([One, Two], [changed, Two]).Peers.Should().ContainSingle().Which;

    private static DevicePatch Patch(DesiredPeer[] before, DesiredPeer[] after)
    {
        var world = new World().UpOrFail(Desired.Usual().WithPeers(before));
        return world.PlanUp(Desired.Usual().WithPeers(after)).Steps.Should().ContainSingle()
            .Which.Do.Should().BeOfType<ConfigureDevice>().Which.Patch;
    }
}
