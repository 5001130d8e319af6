using Wgns.Planning;

namespace Wgns.Tests.Planning;

/// <summary>UDP ports that go from one tunnel to another. The twin refuses one that another has, as the kernel does.</summary>
public sealed class PortsTests
{
    private static DesiredState Ports(ushort? first, ushort? second) =>
        Desired.Usual() with { Interfaces = [With("wg0", first), With("wg1", second)] };

    private static DesiredInterface With(string ifname, ushort? port)
    {
        var item = Desired.Interface(ifname);
        return item with { Routes = [], Device = item.Device with { ListenPort = port } };
    }

    [TestCase(1, 2, 2, 1)]
    [TestCase(1, 2, 2, 3)]
    [TestCase(1, 2, 3, 1)]
    [TestCase(1, 2, 2, null)]
    [TestCase(1, 2, null, 1)]
    public void Two_tunnels_get_each_others_ports_and_where_that_fails_their_own_back(int first, int second, int? firstThen, int? secondThen)
    {
        var (before, after) = (Ports((ushort)first, (ushort)second), Ports((ushort?)firstThen, (ushort?)secondThen));
        var world = new World().UpOrFail(before);
        var picture = world.Picture();
        var steps = world.PlanUp(after).Steps;
        world.UpOrFail(after);
        Port("wg0").Should().Be((ushort)(firstThen ?? 0));
        Port("wg1").Should().Be((ushort)(secondThen ?? 0));
        world.Next(after).Should().BeEmpty();

        var other = new World().UpOrFail(before);
        foreach (var step in steps)
        {
            other.Machine.Apply(step.Do, other.Store.Load(World.Name)!);
        }

        foreach (var step in steps.Reverse())
        {
            other.Machine.Apply(step.Undo!, other.Store.Load(World.Name)!);
        }

        other.Picture().Should().Be(picture);

        ushort Port(string ifname) => world.Observed.Devices[ifname].ListenPort;
    }

    [Test]
    public void Nobody_lets_go_of_a_port_that_no_other_is_to_have() =>
        new World().UpOrFail(Ports(1, 2)).Next(Ports(3, 2)).Should().ContainSingle();
}
