using System.Collections.Immutable;
using Wgns.Confinement;
using Wgns.Linux.Processes;
using Wgns.Systemd;

namespace Wgns.Tests.Confinement;

/// <summary>One description, said to systemd and to the kernel.</summary>
public sealed class ViewTests
{
    private static readonly string[] NeverInside =
        ["nscd", "resolve", "dbus", "avahi", "private", "NetworkManager", "docker", "podman", "cups", "netns", "wgns", "resolvconf"];

    private static readonly ConfinedView View = new("vpn", RuntimePaths.System);

    private static readonly EtcListing Etc = new(
        ImmutableDictionary<string, bool>.Empty.Add("resolv.conf", false).Add("nsswitch.conf", false).Add("ssl", true),
        ["apt", "ssl", "resolv.conf"],
        VarRunIsAnother: false);

    [Test]
    public void No_socket_of_a_daemon_that_would_go_out_is_in_the_list()
    {
        foreach (var path in RunAllowList.Paths)
        {
            path.Path.Should().StartWith("/run/");
            path.Why.Should().NotBeEmpty();
            NeverInside.Should().NotContain(path.Path.Split('/')[^1]);
        }

        // A whole directory of systemd's would bring its resolver and its manager in.
        RunAllowList.Paths.Select(p => p.Path).Should().NotContain("/run/systemd").And.NotContain("/run");
    }

    [Test]
    public void A_unit_gets_what_a_command_gets_but_for_a_sessions_directory_and_notify()
    {
        var units = RunAllowList.For(AllowedTo.Services).Select(p => p.Path).ToList();
        var commands = RunAllowList.For(AllowedTo.Commands).Select(p => p.Path).ToList();
        units.Except(commands).Should().Equal("/run/systemd/notify");
        commands.Except(units).Should().Equal("/run/user");
        var said = UnitDirectives.Of(View, new UnitProperties("x.service"), joins: false).Where(d => d.Key == "BindReadOnlyPaths").Select(d => d.Value);
        said.Should().Contain(units.Except(["/run/wgns-nscd"]).Select(p => "-" + p)).And.Contain("-/run/wgns-nscd:/run/nscd");
        CommandMounts.Of(View, Etc).Select(m => m.Target).Should().Contain(commands.Except(["/run/wgns-nscd"]));
    }

    [Test]
    public void In_nscds_place_is_the_filter_which_nobody_inside_can_change_and_which_may_be_missing()
    {
        var filter = new MountStep("/run/wgns-nscd", "/run/nscd", Recursive: true, ReadOnly: true, Required: false) { MakesTarget = true };
        CommandMounts.Of(View, Etc).Should().ContainSingle(s => s.Target == "/run/nscd").Which.Should().Be(filter);
        CommandMounts.Of(View, Etc).Should().NotContain(s => s.Source == "/run/nscd");
        CommandMounts.Of(View, Etc with { VarRunIsAnother = true }).Should().Contain(filter with { Target = "/var/run/nscd" }, "the C library spells it so");
        var binds = UnitDirectives.Of(View, new UnitProperties("x.service"), joins: false).Where(d => d.Value.Contains("nscd", StringComparison.Ordinal));
        binds.Select(d => $"{d.Key}={d.Value}").Should().Equal("BindReadOnlyPaths=-/run/wgns-nscd:/run/nscd");
    }

    [Test]
    public void Dns_files_are_bound_by_units_without_the_dash_that_would_let_them_be_missing()
    {
        var binds = UnitDirectives.Of(View, new UnitProperties("x.service"), joins: false).Select(d => d.Value).ToList();
        binds.Should().Contain("/run/wgns/vpn.etc/now:/etc")
            .And.Contain("/etc/netns/vpn/resolv.conf:/etc/resolv.conf")
            .And.Contain("/etc/netns/vpn/nsswitch.conf:/etc/nsswitch.conf");
    }

    [Test]
    public void A_command_gets_the_mask_first_then_what_is_allowed_then_etc_then_its_own_files()
    {
        var steps = CommandMounts.Of(View, Etc);
        steps[0].Should().Be(new MountStep("wgns", "/run", "tmpfs", "mode=0755,size=1m", ReadOnly: true));
        var overlay = steps.Single(s => s.Type == "overlay");
        overlay.Data.Should().Be("lowerdir=/run/wgns/vpn.etc/layer:/etc");
        overlay.Creates.Should().BeEquivalentTo(
            [
                new NewPath("/run/wgns/vpn.etc/layer/resolv.conf", IsDirectory: false),
                new NewPath("/run/wgns/vpn.etc/layer/nsswitch.conf", IsDirectory: false),
                new NewPath("/run/wgns/vpn.etc/layer/ssl", IsDirectory: true),
            ]);
        steps.SkipWhile(s => s != overlay).Skip(1).Select(s => $"{s.Source} {s.Target} {s.Required} {string.Join(' ', s.Entries)}".TrimEnd()).Should().Equal(
            "/etc /etc False apt",
            "/etc/netns/vpn/nsswitch.conf /etc/nsswitch.conf True",
            "/etc/netns/vpn/resolv.conf /etc/resolv.conf True",
            "/etc/netns/vpn/ssl /etc/ssl True");
    }

    [Test]
    public void A_namespace_without_dns_files_gets_empty_ones_and_never_the_hosts()
    {
        var steps = CommandMounts.Of(View, Etc with { Own = ImmutableDictionary<string, bool>.Empty });
        steps.Single(s => s.Type == "overlay").Creates.Select(c => Path.GetFileName(c.Path)).Should().Equal("resolv.conf", "nsswitch.conf");
        steps.Select(s => s.Target).Should().NotContain("/etc/resolv.conf");
    }

    [Test]
    public void A_var_run_that_is_no_link_is_masked_too()
    {
        CommandMounts.Of(View, Etc with { VarRunIsAnother = true }).Should().Contain(s => s.Target == "/var/run" && s.Type == "tmpfs" && s.ReadOnly);
        CommandMounts.Of(View, Etc).Should().NotContain(s => s.Target == "/var/run");
    }

    [Test]
    public void What_is_mounted_below_etc_is_found_by_its_first_part() => EtcListing.MountsBelow("/etc", """
        22 1 8:1 / / rw - ext4 /dev/sda rw
        30 22 8:1 /h /etc/hosts rw,relatime - ext4 /dev/sda rw
        31 22 8:1 /x /etc/pki/deep/down rw - ext4 /dev/sda rw
        32 22 8:1 /y /etcetera rw - ext4 /dev/sda rw
        33 22 8:1 /z /etc/with\040space rw - ext4 /dev/sda rw
        34 22 8:1 /z /etc rw - ext4 /dev/sda rw

        """).Should().Equal("hosts", "pki");

    [Test]
    public void A_service_has_its_own_directories_and_those_that_were_asked_for()
    {
        var unit = new UnitProperties("web.service") { Run = ["/run/web"], Etc = ["/etc/web"] };
        var view = ServiceView.Of("vpn", RuntimePaths.System, unit, ["/run/dbus", "/etc/more"], etc: "/nowhere");
        view.MoreRun.Should().Equal("/run/web", "/run/dbus");
        view.LiveEtc.Should().Equal("/etc/more", "/etc/web");
    }

    [Test]
    public void Directories_of_etc_that_a_services_user_can_write_to_and_the_one_of_its_name_are_live()
    {
        var etc = Directory.CreateTempSubdirectory("wgns-etc-").FullName;
        try
        {
            foreach (var (name, mode) in new[] { ("closed", 0x1ED), ("open", 0x1FF), ("web", 0x1C0) })
            {
                Directory.CreateDirectory($"{etc}/{name}");
                File.SetUnixFileMode($"{etc}/{name}", (UnixFileMode)mode);
            }

            Directory.CreateSymbolicLink($"{etc}/link", $"{etc}/open");
            var nobody = new UnitProperties("web@1.service") { User = "nobody" };
            ServiceView.Of("vpn", RuntimePaths.System, nobody, [], etc).LiveEtc.Should().Equal("/etc/open", "/etc/web");
            ServiceView.Of("vpn", RuntimePaths.System, new UnitProperties("other.service"), [], etc).LiveEtc.Should().BeEmpty();
        }
        finally
        {
            Directory.Delete(etc, recursive: true);
        }
    }
}
