using Wgns.Linux.Namespaces;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Tests.Configuration;
using Wgns.Tests.Execution;

namespace Wgns.Tests.Planning;

/// <summary>birthplaceNamespace: where the device's socket is.</summary>
public sealed class BirthplaceTests
{
    private static readonly BirthplaceRecord Outer = new("/run/netns/outer", new NetnsIdentity(4, 900));

    [TestCase(false)]
    [TestCase(true)]
    public void A_change_of_it_makes_the_device_anew_and_a_second_up_nothing(bool userspace)
    {
        var world = new World().UpOrFail(Desired.Usual(userspace));
        foreach (var place in new[] { Outer, Outer with { Netns = new NetnsIdentity(4, 901) }, null })
        {
            world.Next(In(place, userspace)).Should().Contain(userspace ? "start wireguard-go for wg0" : "create link wg0 (kernel WireGuard)");
            world.UpOrFail(In(place, userspace)).Next(In(place, userspace)).Should().BeEmpty();
            world.Store.Load(World.Name)!.Interface("wg0")!.Birthplace.Should().Be(place);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_later_netns_that_got_the_number_of_the_first_is_another_and_the_device_is_made_anew(bool userspace)
    {
        var (first, later) = (Outer with { Cookie = 7 }, Outer with { Cookie = 8 });
        var world = new World().UpOrFail(In(first, userspace));

        world.Next(In(later, userspace)).Should().Contain(userspace ? "start wireguard-go for wg0" : "create link wg0 (kernel WireGuard)");
        world.UpOrFail(In(later, userspace)).Next(In(later, userspace)).Should().BeEmpty();
        world.Store.Load(World.Name)!.Interface("wg0")!.Birthplace.Should().Be(later);
    }

    [Test]
    public void Where_the_kernel_or_an_older_record_has_no_cookie_the_number_counts()
    {
        var world = new World().UpOrFail(In(Outer, userspace: false));

        world.Next(In(Outer with { Cookie = 8 }, userspace: false)).Should().BeEmpty();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_kill_in_the_middle_of_such_a_change_never_leaves_the_device_of_the_other_place(bool userspace)
    {
        for (var moment = 0; ; moment++)
        {
            var world = new World().UpOrFail(Desired.Usual(userspace));
            var before = world.Machine.State.Link("wg0")!.Ifindex;
            if (!KillAt.Kills(moment, o => world.Up(In(Outer, userspace), o)))
            {
                moment.Should().BeGreaterThan(5);
                return;
            }

            world.UpOrFail(In(Outer, userspace));
            world.Machine.State.Link("wg0")!.Ifindex.Should().NotBe(before);
            world.Next(In(Outer, userspace)).Should().BeEmpty();
            world.Down().Succeeded.Should().BeTrue();
            world.ShouldBeEmpty();
        }
    }

    [Test]
    public void The_script_makes_it_there()
    {
        var script = ShellRenderer.Render(new World().PlanUp(In(Outer, userspace: false)));
        script.Should().Contain("nsenter --net=/run/netns/outer ip link add name wg0");
        ShellRenderer.Render(new World().PlanUp(In(Outer, userspace: true))).Should().Contain("nsenter --net=/run/netns/outer /usr/bin/wireguard-go")
            .And.Contain("nsenter --net=/run/netns/outer ip link set dev wgns-");
    }

    [TestCase("outer", null)]
    [TestCase("/proc/1/ns/net", null)]
    [TestCase("vpn", "is the namespace itself")]
    [TestCase("", "birthplaceNamespace \"\"")]
    [TestCase("a/b", "birthplaceNamespace \"a/b\"")]
    public void It_is_a_name_or_a_path(string place, string? problem)
    {
        var errors = Read.Text(Read.Around($"birthplaceNamespace = '{place}'")).Diagnostics.Where(d => d.Severity == Wgns.Diagnostics.Severity.Error).Select(d => d.ToString()).ToList();
        if (problem is null)
        {
            errors.Should().BeEmpty();
        }
        else
        {
            errors.Should().ContainSingle().Which.Should().StartWith("/c/vpn.toml:1:").And.Contain(problem);
        }
    }

    private static DesiredState In(BirthplaceRecord? place, bool userspace) => Desired.Usual(userspace).With(i => i with
    {
        Birthplace = place,
        Engine = i.Engine is { } engine ? engine with { Birthplace = place?.Path } : null,
    });
}
