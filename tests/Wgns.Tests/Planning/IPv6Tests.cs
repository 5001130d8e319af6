using Wgns.Planning;

namespace Wgns.Tests.Planning;

public sealed class IPv6Tests
{
    private const string DefaultOff = "net/ipv6/conf/default/disable_ipv6";
    private const string LinkOff = "net/ipv6/conf/wg0/disable_ipv6";

    private static DesiredState With(bool ipv6) => Desired.Usual() with { IPv6 = ipv6 };

    [Test]
    public void IPv6_is_decided_before_any_interface_exists()
    {
        var steps = new World().PlanUp(With(ipv6: false)).Steps.Select(s => s.Do).ToList();

        var decided = steps.FindIndex(s => s is SetSysctl { Key: DefaultOff, Value: "1" });
        decided.Should().BeGreaterThan(steps.FindIndex(s => s is CreateNetns))
            .And.BeLessThan(steps.FindIndex(s => s is CreateLink));
    }

    [Test]
    public void A_new_link_takes_it_over_and_a_second_up_has_nothing_to_do()
    {
        foreach (var ipv6 in (bool[])[false, true])
        {
            var world = new World().UpOrFail(With(ipv6));
            world.Machine.State.Sysctls[LinkOff].Should().Be(ipv6 ? "0" : "1");
            world.Next(With(ipv6)).Should().BeEmpty();
        }
    }

    [Test]
    public void Where_it_is_on_nobody_may_advertise_a_route() =>
        new World().UpOrFail(With(ipv6: true)).Machine.State.Sysctls["net/ipv6/conf/wg0/accept_ra"].Should().Be("0");

    [Test]
    public void A_reload_that_brings_IPv6_turns_it_on_before_the_addresses_and_one_that_takes_it_turns_it_off_after_them()
    {
        var without = With(ipv6: false) with { Interfaces = [Desired.Interface("wg0") with { Addresses = Desired.Cidrs("10.0.0.2/32") }] };
        var with = With(ipv6: true) with { Interfaces = [Desired.Interface("wg0") with { Addresses = Desired.Cidrs("10.0.0.2/32", "fd00::2/128") }] };
        var world = new World().UpOrFail(without);

        var on = world.PlanUp(with).Steps.Select(s => s.Do).ToList();
        on.FindIndex(s => s is SetSysctl { Key: LinkOff, Value: "0" }).Should().BeInRange(0, on.FindIndex(s => s is AddAddress) - 1);
        world.UpOrFail(with);

        var off = world.PlanUp(without).Steps.Select(s => s.Do).ToList();
        off.FindIndex(s => s is SetSysctl { Key: LinkOff, Value: "1" }).Should().BeGreaterThan(off.FindIndex(s => s is RemoveAddress));
        world.UpOrFail(without).Next(without).Should().BeEmpty();
    }

    [Test]
    public void Somebody_elses_change_is_put_back_and_a_failed_run_puts_theirs_back()
    {
        var world = new World().UpOrFail(With(ipv6: false));
        world.Machine.State = world.Machine.State with { Sysctls = world.Machine.State.Sysctls.SetItem(LinkOff, "0") };

        var step = world.PlanUp(With(ipv6: false)).Steps.Should().ContainSingle().Which;

        step.Do.Should().Be(new SetSysctl(World.Name, LinkOff, "1"));
        step.Undo.Should().Be(new SetSysctl(World.Name, LinkOff, "0"));
    }

    [Test]
    public void A_kernel_without_IPv6_has_nothing_to_put_back()
    {
        var world = new World().UpOrFail(With(ipv6: false));
        world.Machine.State = world.Machine.State with { Sysctls = world.Machine.State.Sysctls.Clear() };

        world.Next(With(ipv6: false)).Should().BeEmpty();
    }
}
