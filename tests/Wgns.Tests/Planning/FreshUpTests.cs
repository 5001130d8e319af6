using FsCheck;
using FsCheck.Fluent;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

public sealed class FreshUpTests
{
    [Test]
    public void A_namespace_with_the_kernels_WireGuard_is_made_in_the_order_of_the_law() =>
        new World().Next(Desired.Usual()).Should().Equal(
            "create namespace vpn",
            "bring up lo",
            "set net/ipv4/ip_forward to 0",
            "set net/ipv6/conf/all/forwarding to 0",
            "load firewall rules",
            "create directory /etc/netns",
            "create directory /etc/netns/vpn",
            "write /etc/netns/vpn/resolv.conf",
            "write /etc/netns/vpn/nsswitch.conf",
            "create link wg0 (kernel WireGuard)",
            "configure wg0 (1 peer)",
            "add address 10.0.0.2/32 to wg0",
            "add address fd00::2/128 to wg0",
            "bring up wg0",
            "add route 0.0.0.0/0 by wg0",
            "add route ::/0 by wg0");

    [Test]
    public void A_namespace_with_wireguard_go_is_configured_outside_and_moved_in()
    {
        var desired = Desired.Usual(userspace: true);
        var temporary = desired.Interfaces[0].Engine!.TemporaryName;

        new World().Next(desired).Skip(9).Should().Equal(
            "start wireguard-go for wg0",
            "link /var/run/wireguard/wg0.sock",
            "configure wg0 (1 peer)",
            $"move {temporary} in as wg0",
            "set MTU of wg0 to 1420",
            "add address 10.0.0.2/32 to wg0",
            "add address fd00::2/128 to wg0",
            "bring up wg0",
            "add route 0.0.0.0/0 by wg0",
            "add route ::/0 by wg0");
    }

    [Test]
    public void No_way_out_is_made_before_the_rules_stand_and_none_is_up_before_it_is_configured() =>
        Prop.ForAll(RandomStates.State.ToArbitrary(), desired =>
        {
            var operations = new World().PlanUp(desired).Steps.Select(s => s.Do).ToList();
            var rules = operations.FindIndex(o => o is LoadRuleset);

            rules.Should().BeGreaterThan(operations.FindIndex(o => o is SetLoopbackUp)).And.BeGreaterThan(0);
            operations.FindIndex(o => o is StartEngine or CreateLink or MoveLink).Should().Match(at => at == -1 || at > rules);
            var device = operations.FindIndex(o => o is StartEngine or CreateLink);
            operations.FindLastIndex(o => o is WriteFile).Should().Match(at => device == -1 || at < device);
            foreach (var item in desired.Interfaces)
            {
                var configured = operations.FindIndex(o => o is ConfigureDevice c && c.Ifname == item.Ifname);
                var up = operations.FindIndex(o => o is SetLinkUp u && u.Ifname == item.Ifname);
                configured.Should().BeInRange(rules, up);
                operations.FindLastIndex(o => o is AddAddress a && a.Ifname == item.Ifname).Should().BeLessThan(up);
                operations.FindIndex(o => o is AddRoute r && r.Ifname == item.Ifname).Should().Match(at => at == -1 || at > up);
            }
        }).Check(Quick(200));

    [Test]
    public void A_second_up_has_nothing_to_do() =>
        Prop.ForAll(RandomStates.State.ToArbitrary(), desired =>
            new World().UpOrFail(desired).PlanUp(desired).Steps.Should().BeEmpty()).Check(Quick(200));

    [Test]
    public void A_down_after_an_up_leaves_nothing() =>
        Prop.ForAll(RandomStates.State.ToArbitrary(), desired =>
        {
            var world = new World().UpOrFail(desired);
            world.Down().Succeeded.Should().BeTrue();
            world.ShouldBeEmpty();
        }).Check(Quick(200));

    [Test]
    public void From_any_configuration_an_up_goes_to_any_other_and_is_then_done() =>
        Prop.ForAll(RandomStates.State.ToArbitrary(), RandomStates.State.ToArbitrary(), (before, after) =>
        {
            var world = new World().UpOrFail(before).UpOrFail(after);

            world.PlanUp(after).Steps.Should().BeEmpty();
            world.Picture().Should().Be(Undisturbed(after, world));
            world.Down().Succeeded.Should().BeTrue();
            world.ShouldBeEmpty();
        }).Check(Quick(400));

    [Test]
    public void A_down_without_an_up_has_nothing_to_do() =>
        Planner.Down(new World().Observed).Plan!.IsEmpty.Should().BeTrue();

    [Test]
    public void A_stale_file_in_the_netns_place_that_is_ours_is_cleared_away()
    {
        var world = new World().UpOrFail(Desired.Usual());
        world.Machine.State = new ObservedState { Name = World.Name, Netns = NetnsPresence.StaleFile, Files = world.Machine.State.Files };

        world.UpOrFail(Desired.Usual()).Picture().Should().Be(new World().UpOrFail(Desired.Usual()).Picture());
    }

    internal static Config Quick(int tests) => Config.QuickThrowOnFailure.WithMaxTest(tests);

    /// <summary>
    /// What an up alone gives. A port that was once asked for stays in use where a later configuration leaves the
    /// choice to the engine, and so does an endpoint: neither can be taken away from a live device.
    /// </summary>
    private static string Undisturbed(DesiredState desired, World reached)
    {
        var fixedUp = desired with
        {
            Interfaces =
            [
                .. desired.Interfaces.Select(i =>
                {
                    var device = reached.Observed.Devices[i.Ifname];
                    return i with
                    {
                        Device = i.Device with
                        {
                            ListenPort = i.Device.ListenPort ?? device.ListenPort,
                            Peers = [.. i.Device.Peers.Select(p => p with { Address = p.Address ?? device.Peers.First(o => o.PublicKey.Equals(p.PublicKey)).Endpoint })],
                        },
                    };
                }),
            ],
        };
        var picture = new World().UpOrFail(fixedUp).Picture();

        // Directories stay while the namespace does: somebody may have put files there.
        return reached.Machine.State.Files.ContainsKey("/etc/netns") && desired.Directories.IsEmpty
            ? new World().UpOrFail(fixedUp with { Directories = ["/etc/netns", "/etc/netns/vpn"] }).Picture()
            : picture;
    }
}
