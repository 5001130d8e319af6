using Wgns.Linux.Namespaces;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

/// <summary>What is not ours is in the way, and stays.</summary>
public sealed class OwnershipTests
{
    private const string Resolv = "/etc/netns/vpn/resolv.conf";

    [Test]
    public void A_netns_that_nobody_recorded_is_an_obstacle_of_up_and_of_down()
    {
        var world = Foreign();

        Obstacles(world).Should().ContainSingle().Which.Message.Should().Be("namespace vpn exists already and was not made by wgns");
        Planner.Down(world.Observed).Obstacles.Should().ContainSingle().Which.Message.Should().Contain("was not made by wgns");
        Planner.Down(world.Observed, force: true).Plan.Should().BeNull();
    }

    [Test]
    public void A_netns_that_got_the_number_of_ours_when_that_was_gone_is_an_obstacle_and_stays()
    {
        var world = new World().UpOrFail(Desired.Usual());
        world.Machine.State = world.Machine.State with { NetnsCookie = 77 };

        Obstacles(world).Should().ContainSingle().Which.Message.Should().Be("namespace vpn exists already and was not made by wgns");
        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Netns.Should().Be(NetnsPresence.Present);
    }

    [Test]
    public void Where_the_kernel_or_an_older_record_has_no_cookie_the_number_counts()
    {
        var world = new World().UpOrFail(Desired.Usual());
        world.Machine.State = world.Machine.State with { NetnsCookie = null };

        world.Next(Desired.Usual()).Should().BeEmpty();
        world.Down().Succeeded.Should().BeTrue();
        world.ShouldBeEmpty();
    }

    [Test]
    public void With_adopt_it_becomes_ours_and_a_second_up_has_nothing_to_do()
    {
        var world = Foreign().UpOrFail(Desired.Usual(), adopt: true);

        world.Next(Desired.Usual()).Should().BeEmpty();
        world.Down().Succeeded.Should().BeTrue();
        world.ShouldBeEmpty();
    }

    [Test]
    public void A_failed_adoption_gives_the_netns_back_unharmed()
    {
        var world = Foreign();
        world.Machine.State = world.Machine.State with { RulesetListing = "table inet theirs { }\n" };
        world.Machine.State = world.Machine.State with { LoopbackUp = true };
        var picture = world.Picture();
        var steps = world.PlanUp(Desired.Usual(), adopt: true).Steps.Length;
        for (var refused = 0; refused < steps; refused++)
        {
            new Wgns.Execution.Executor(new Wgns.Tests.Execution.RefusingMachine(world.Machine, refused), world.Store)
                .Apply(world.PlanUp(Desired.Usual(), adopt: true)).Succeeded.Should().BeFalse();
            world.Picture().Should().Be(picture);
            world.Store.Names.Should().BeEmpty();
        }
    }

    [Test]
    public void Something_that_is_no_netns_in_its_place_is_an_obstacle_even_with_adopt()
    {
        var world = new World();
        world.Machine.State = world.Machine.State with { Netns = NetnsPresence.Foreign, ForeignWhat = "a symbolic link" };

        Planner.Up(Desired.Usual(), world.Observed, adopt: true).Obstacles.Should().ContainSingle().Which.Message
            .Should().Be("there is something else in the place of namespace vpn: a symbolic link");
        Planner.Down(world.Observed).Plan.Should().BeNull();
    }

    [Test]
    public void A_record_of_another_netns_makes_the_one_that_is_there_not_ours()
    {
        var world = new World().UpOrFail(Desired.Usual(userspace: true));
        world.Machine.State = world.Machine.State with { NetnsIdentity = new NetnsIdentity(4, 9999), Links = [] };

        Obstacles(world).Should().ContainSingle();
        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Netns.Should().Be(NetnsPresence.Present);
        world.Machine.Engines.Should().BeEmpty();
        world.Machine.State.Files.Should().BeEmpty();
        world.Store.Names.Should().BeEmpty();
    }

    [Test]
    public void A_link_of_the_same_name_in_that_other_netns_is_left()
    {
        var world = new World().UpOrFail(Desired.Usual());
        world.Machine.State = world.Machine.State with { NetnsIdentity = new NetnsIdentity(4, 9999) };

        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Link("wg0").Should().NotBeNull();
    }

    [Test]
    public void A_file_of_somebody_else_that_differs_is_an_obstacle_and_one_that_does_not_stays_theirs()
    {
        var world = new World();
        world.Machine.State = world.Machine.State with { Files = Files("nameserver 9.9.9.9\n") };
        Obstacles(world).Should().ContainSingle().Which.Hint.Should().Contain("dnsFiles = \"keep\"");

        world.Machine.State = world.Machine.State with { Files = Files(Desired.Usual().Files[0].Content) };
        world.UpOrFail(Desired.Usual());
        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Files.Keys.Should().BeEquivalentTo("/etc/netns", "/etc/netns/vpn", Resolv);
    }

    [Test]
    public void A_symbolic_link_in_the_place_of_a_file_is_an_obstacle_and_is_not_removed_though_the_file_was_ours()
    {
        var world = new World().UpOrFail(Desired.Usual());
        world.Machine.State = world.Machine.State with
        {
            Files = world.Machine.State.Files.SetItem(Resolv, new ObservedFile(FileKind.Symlink, null)),
        };

        Obstacles(world).Should().ContainSingle().Which.Message.Should().Be($"{Resolv} is not a plain file");
        Planner.Up(Desired.Usual(), world.Observed, adopt: true).Plan.Should().BeNull();
        world.UpOrFail(Desired.Usual() with { Files = [] });
        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Files.Should().ContainKey(Resolv);
    }

    [Test]
    public void A_directory_that_is_a_symbolic_link_is_an_obstacle()
    {
        var world = new World();
        world.Machine.State = world.Machine.State with
        {
            Files = world.Machine.State.Files.Add("/etc/netns/vpn", new ObservedFile(FileKind.Symlink, null)),
        };

        Obstacles(world).Should().ContainSingle().Which.Message.Should().Be("/etc/netns/vpn is not a directory");
    }

    [Test]
    public void A_directory_with_somebodys_file_in_it_stays_when_ours_have_gone()
    {
        var world = new World().UpOrFail(Desired.Usual());
        world.Machine.State = world.Machine.State with
        {
            Files = world.Machine.State.Files.Add("/etc/netns/vpn/hosts", new ObservedFile(FileKind.Regular, "theirs")),
        };

        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Files.Keys.Should().BeEquivalentTo("/etc/netns", "/etc/netns/vpn", "/etc/netns/vpn/hosts");
        world.Store.Names.Should().BeEmpty();
    }

    [Test]
    public void A_link_that_nobody_recorded_is_an_obstacle_unless_it_can_be_adopted()
    {
        var world = new World().UpOrFail(Desired.Usual() with { Interfaces = [] });
        AddLink(world, "wireguard");
        Obstacles(world).Should().ContainSingle().Which.Message.Should().Be("link wg0 exists already in namespace vpn and was not made by wgns");
        world.UpOrFail(Desired.Usual(), adopt: true).Next(Desired.Usual()).Should().BeEmpty();

        var other = new World().UpOrFail(Desired.Usual() with { Interfaces = [] });
        AddLink(other, "dummy");
        Planner.Up(Desired.Usual(), other.Observed, adopt: true).Obstacles.Should().ContainSingle().Which.Message
            .Should().Be("link wg0 of namespace vpn cannot be taken over: it is a dummy link");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_down_with_processes_inside_closes_the_way_out_and_keeps_the_netns_and_an_up_opens_it_again(bool userspace)
    {
        var world = new World().UpOrFail(Desired.Usual(userspace));
        var wanted = world.Picture();
        var identity = world.Machine.State.NetnsIdentity;
        world.Machine.State = world.Machine.State with { Processes = [new ObservedProcess(7, "curl")] };

        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Links.Should().BeEmpty();
        world.Machine.Engines.Should().BeEmpty();
        world.Machine.State.NetnsIdentity.Should().Be(identity);
        world.Machine.State.Files.Should().ContainKey(Resolv);
        world.Store.Load(World.Name)!.Interfaces.Should().BeEmpty();
        Planner.Down(world.Observed).Plan!.Steps.Should().BeEmpty();

        world.UpOrFail(Desired.Usual(userspace)).Picture().Should().Be(wanted);
        world.Machine.State.NetnsIdentity.Should().Be(identity);
    }

    [Test]
    public void A_forced_down_removes_the_name_though_processes_are_inside()
    {
        var world = new World().UpOrFail(Desired.Usual());
        world.Machine.State = world.Machine.State with { Processes = [new ObservedProcess(7, "curl")] };

        world.Down(force: true).Succeeded.Should().BeTrue();
        world.ShouldBeEmpty();
    }

    private static System.Collections.Immutable.ImmutableArray<Obstacle> Obstacles(World world)
    {
        var result = Planner.Up(Desired.Usual(), world.Observed);
        result.Plan.Should().BeNull();
        return result.Obstacles;
    }

    private static World Foreign()
    {
        var world = new World();
        world.Machine.State = world.Machine.State with { Netns = NetnsPresence.Present, NetnsIdentity = new NetnsIdentity(4, 77), RulesetListing = string.Empty };
        return world;
    }

    private static void AddLink(World world, string kind)
    {
        var state = world.Machine.State;
        world.Machine.State = state with
        {
            Links = [new ObservedLink("wg0", 5, kind, 1420, false, [], [])],
            Devices = kind == "wireguard" ? state.Devices.Add("wg0", new Wgns.Linux.WireGuard.WireGuardDevice(null, 0, 0, [])) : state.Devices,
        };
    }

    private static System.Collections.Immutable.ImmutableDictionary<string, ObservedFile> Files(string content) =>
        System.Collections.Immutable.ImmutableDictionary<string, ObservedFile>.Empty
            .Add("/etc/netns", new ObservedFile(FileKind.Directory, null))
            .Add("/etc/netns/vpn", new ObservedFile(FileKind.Directory, null))
            .Add(Resolv, new ObservedFile(FileKind.Regular, content));
}
