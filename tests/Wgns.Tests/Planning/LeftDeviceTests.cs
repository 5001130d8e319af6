using Wgns.Observation;
using Wgns.Planning;
using Wgns.Status;

namespace Wgns.Tests.Planning;

/// <summary>The device of an embedded engine that was killed stands there, closed, and the next engine goes on with it.</summary>
public sealed class LeftDeviceTests
{
    [Test]
    public void Its_engine_is_started_again_and_configured_and_link_addresses_and_routes_stay()
    {
        var world = new World().UpOrFail(Desired.Embedded());
        var (picture, link) = (world.Picture(), world.Machine.State.Links.Single());
        Kill(world);

        world.Next(Desired.Embedded()).Should().Equal(
            "stop the embedded engine of wg0",
            "start the embedded engine for wg0, which stands",
            "link /var/run/wireguard/wg0.sock",
            "configure wg0 (1 peer)");
        world.UpOrFail(Desired.Embedded()).Picture().Should().Be(picture);
        world.Machine.State.Links.Should().ContainSingle().Which.Should().BeEquivalentTo(link);
        world.Next(Desired.Embedded()).Should().BeEmpty();
    }

    [Test]
    public void What_the_configuration_changed_meanwhile_is_changed_with_it()
    {
        var world = new World().UpOrFail(Desired.Embedded());
        Kill(world);

        world.Next(Desired.Embedded().With(i => i with { Mtu = 1300, Addresses = Desired.Cidrs("10.0.0.2/32", "fd00::9/128") })).Skip(4).Should().Equal(
            "set MTU of wg0 to 1300", "add address fd00::9/128 to wg0", "remove address fd00::2/128 from wg0");
    }

    [Test]
    public void A_device_of_that_name_that_is_another_one_is_made_anew()
    {
        var world = new World().UpOrFail(Desired.Embedded());
        var picture = world.Picture();
        Kill(world);
        world.Machine.State = world.Machine.State with { Links = [world.Machine.State.Links.Single() with { Alias = "wgns-ffffffff", Ifindex = 77 }] };

        world.Next(Desired.Embedded()).Take(2).Should().Equal("stop the embedded engine of wg0", "delete link wg0");
        world.UpOrFail(Desired.Embedded()).Picture().Should().Be(picture);
    }

    [Test]
    public void With_another_birthplace_or_another_kind_of_engine_it_is_made_anew()
    {
        foreach (var wanted in new[]
        {
            Desired.Usual(userspace: true), Desired.Usual(), Desired.Embedded().With(i => i with { Birthplace = new BirthplaceRecord("/run/netns/lan", new(4, 9)) }),
        })
        {
            var world = new World().UpOrFail(Desired.Embedded());
            Kill(world);
            world.Next(wanted).Take(2).Should().Equal("stop the embedded engine of wg0", "delete link wg0");
        }
    }

    [Test]
    public void Down_deletes_it_also_where_the_namespace_is_somebody_elses()
    {
        var world = new World();
        world.Machine.State = world.Machine.State with { Netns = NetnsPresence.Present, NetnsIdentity = new(4, 1) };
        world.UpOrFail(Desired.Embedded() with { IsManaged = false });
        Kill(world);
        world.Machine.State.Links.Should().ContainSingle();

        world.Down().Succeeded.Should().BeTrue();

        world.Machine.State.Links.Should().BeEmpty();
        world.Machine.State.Netns.Should().Be(NetnsPresence.Present);
    }

    [Test]
    public void Until_another_has_it_the_namespace_is_closed_to_who_asks()
    {
        var world = new World().UpOrFail(Desired.Embedded());
        State(world).Should().Be("up");
        Kill(world);

        State(world).Should().Be("closed");
        world.UpOrFail(Desired.Embedded());
        State(world).Should().Be("up");
    }

    [Test]
    public void The_script_has_the_old_engine_leave_the_device_and_the_new_one_go_on_with_it()
    {
        var world = new World().UpOrFail(Desired.Embedded());
        var (index, pid) = (world.Machine.State.Links.Single().Ifindex, world.Machine.Engines.Values.Single());
        Kill(world);

        ShellRenderer.Render(world.PlanUp(Desired.Embedded())).Should()
            .Contain($"then kill -QUIT {pid} && timeout 5 tail --pid={pid} -f /dev/null || true; fi\n").And.Contain($"\nenv WGNS_ENGINE_DEVICE={index} setsid /usr/bin/wgns __engine ");
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    public void The_script_ends_no_other_process_that_has_the_engines_number_by_now(int later, bool isEnded)
    {
        var world = new World().UpOrFail(Desired.Embedded());
        var pid = world.Machine.Engines.Values.Single();
        Kill(world);
        var line = ShellRenderer.Render(world.PlanUp(Desired.Embedded())).Split('\n').Single(l => l.Contains("kill -QUIT", StringComparison.Ordinal));
        using var other = System.Diagnostics.Process.Start("sh", ["-c", "exec sleep 30"]);
        var started = Wgns.Linux.Processes.ProcessIdentity.Of(other.Id)!.Value.StartTime + (ulong)later;
        line = line.Replace("= 1 ]", $"= {started} ]", StringComparison.Ordinal).Replace($"{pid}", $"{other.Id}", StringComparison.Ordinal);

        using var shell = System.Diagnostics.Process.Start("sh", ["-euc", line]);
        shell.WaitForExit();

        shell.ExitCode.Should().Be(0);
        other.WaitForExit(isEnded ? 5000 : 300).Should().Be(isEnded);
        other.Kill();
    }

    internal static void Kill(World world) => world.Machine.KillEngine(world.Machine.Engines.Keys.Single());

    private static string State(World world) => StatusReader.Read(world.Observed, null, RuntimePaths.System).State;
}
