using Wgns.Confinement;
using Wgns.Linux.Processes;
using Wgns.Rootless;

namespace Wgns.Tests.Rootless;

public sealed class SurroundingsTests
{
    [Test]
    public void A_process_is_read_as_it_was_written() =>
        Surroundings.Read(Surroundings.Text(new ProcessIdentity(17, ulong.MaxValue))).Should().Be(new ProcessIdentity(17, ulong.MaxValue));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("17")]
    [TestCase("17:")]
    [TestCase("-17:4")]
    [TestCase("17:4:5")]
    public void What_is_no_process_is_none(string? text) => Surroundings.Read(text).Should().BeNull();

    [Test]
    public void What_a_child_is_told_stands_in_its_environment_once() =>
        Surroundings.Environment("/r", new ProcessIdentity(1, 2), 3).Should()
            .ContainSingle(v => v == "WGNS_ROOT=/r").And.ContainSingle(v => v == "WGNS_KEEPER=1:2").And.ContainSingle(v => v == "WGNS_PARENT=3");

    [Test]
    public void A_users_directory_is_in_that_of_the_session_and_else_in_tmp()
    {
        UserDirectory.PathFor(4_000_123, "/tmp").Should().Be("/tmp/wgns");
        UserDirectory.PathFor(4_000_123, "/no/such/directory").Should().Be("/tmp/wgns-4000123");
        UserDirectory.PathFor(4_000_123, "relative").Should().Be("/tmp/wgns-4000123");
        UserDirectory.PathFor(0, "/tmp").Should().Be("/run/wgns");
    }

    [TestCase("/run/user/7/wgns", "/run/user/7/wgns")]
    [TestCase("/run/user/7/wgns/run-12-345", "/run/user/7/wgns")]
    public void Commands_do_not_see_where_the_engines_sockets_are(string root, string hidden)
    {
        var view = new ConfinedView("vpn", RuntimePaths.Below(root));
        var steps = CommandMounts.Of(view, new EtcListing(System.Collections.Immutable.ImmutableDictionary<string, bool>.Empty, [], false));

        var cover = steps.Should().ContainSingle(s => s.Target == hidden).Subject;
        (cover.Type, cover.ReadOnly, cover.Required).Should().Be(("tmpfs", true, true));
        steps.IndexOf(cover).Should().BeGreaterThan(steps.ToList().FindIndex(s => s.Target == "/run/user"), "it comes over what shows it");
    }

    [Test]
    public void Where_the_kernel_makes_no_overlay_of_etc_each_of_its_entries_is_bound_but_those_of_the_namespace()
    {
        var view = new ConfinedView("vpn", RuntimePaths.Below("/run/user/7/wgns"));
        var own = System.Collections.Immutable.ImmutableDictionary<string, bool>.Empty.Add("resolv.conf", false).Add("nsswitch.conf", false);
        var steps = CommandMounts.Of(view, new EtcListing(own, [], false)
        {
            Entries = [("hosts", null), ("mtab", "/proc/mounts"), ("nsswitch.conf", null), ("resolv.conf", "/run/systemd/resolve/stub-resolv.conf")],
        });

        steps.Should().NotContain(s => s.Type == "overlay").And.ContainSingle(s => s.Target == "/etc" && s.Type == "tmpfs" && s.ReadOnly);
        steps.Where(s => s.Target.StartsWith("/etc/", StringComparison.Ordinal)).Select(s => (s.Source, s.Target)).Should().Equal(
            ("/etc/hosts", "/etc/hosts"),
            ("/run/user/7/wgns/etc/vpn/nsswitch.conf", "/etc/nsswitch.conf"),
            ("/run/user/7/wgns/etc/vpn/resolv.conf", "/etc/resolv.conf"));
        steps.SelectMany(s => s.Creates).Where(c => c.LinkTo is not null).Should().ContainSingle().Which.Should().Be(new Wgns.Linux.Processes.NewPath("/etc/mtab", false, "/proc/mounts"));
    }
}
