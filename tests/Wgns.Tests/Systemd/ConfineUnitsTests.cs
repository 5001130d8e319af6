using System.Text;
using Wgns.Confinement;
using Wgns.Systemd;

namespace Wgns.Tests.Systemd;

public sealed class ConfineUnitsTests
{
    private static readonly ConfinedView View = new("vpn", RuntimePaths.System)
    {
        MoreRun = ["/run/a b", "/run/100%:x"],
        LiveEtc = ["/etc/deluge"],
        MoreEtc = ["hosts"],
    };

    private static readonly UnitProperties Deluged = new("deluged.service") { Exists = true };

    [TestCase("path", false, false, "deluged.service")]
    [TestCase("join-follow", true, true, "deluged.service")]
    [TestCase("socket", false, false, "deluged.socket")]
    public void The_drop_ins_are_as_in_tests_data(string golden, bool joins, bool follows, string unit)
    {
        var files = ConfineUnits.Of(View, Deluged with { Unit = unit }, new Attachment(joins, follows));
        Golden.Compare($"units/confine-{golden}.txt", string.Concat(files.Select(f => $"# {f.Path}\n{f.Content}\n")));
    }

    [Test]
    public void A_service_with_a_list_of_address_families_of_its_own_gets_none_added()
    {
        ConfineUnits.Of(View, Deluged with { Families = OwnFamilies.Some }, new Attachment())[0].Content
            .Should().Contain("RestrictAddressFamilies=~AF_VSOCK\n").And.NotContain("AF_INET6");
    }

    [Test]
    public void A_service_that_may_make_no_socket_is_not_given_any() =>
        ConfineUnits.Of(View, Deluged with { Families = OwnFamilies.None }, new Attachment())[0].Content.Should().NotContain("RestrictAddressFamilies=");

    [TestCase("SystemCallFilter=@system-service", true)]
    [TestCase("SystemCallFilter=@system-service\nSystemCallFilter=~@mount\nSystemCallErrorNumber=kill", true)]
    [TestCase("SystemCallFilter=@system-service\nSystemCallErrorNumber=EPERM", false)]
    [TestCase("SystemCallFilter=~@mount\nSystemCallFilter=@system-service", false)]
    [TestCase("SystemCallFilter=@system-service\nSystemCallFilter=", false)]
    [TestCase("SystemCallFilter=~@mount\nSystemCallFilter=\nSystemCallFilter=@system-service", true)]
    [TestCase("ExecStart=/bin/x", false)]
    public void A_service_that_ends_at_a_call_it_does_not_list_is_told_that_there_is_no_io_uring_instead(string lines, bool ends)
    {
        var unit = Deluged.WithFiles([$"[Service]\n{lines}\n"]);
        unit.EndsAtUnlistedCalls.Should().Be(ends);
        ConfineUnits.Of(View, unit, new Attachment())[0].Content.Contains("SystemCallErrorNumber=ENOSYS\n", StringComparison.Ordinal).Should().Be(ends);
    }

    [Test]
    public void A_written_file_is_known_again_and_no_other_is()
    {
        var file = ConfineUnits.Of(View, Deluged, new Attachment())[0];
        UnitFile.TryParse(file.Directory, file.Name, Encoding.UTF8.GetBytes(file.Content))!.Content.Should().Be(file.Content);
        UnitFile.TryParse(file.Directory, file.Name, "[Service]\n"u8).Should().BeNull();
        UnitFile.TryParse(file.Directory, file.Name, ""u8).Should().BeNull();
        UnitFile.TryParse(file.Directory, file.Name, "# wgns: written for namespace vpn\n\n\n"u8).Should().BeNull();
    }

    [Test]
    public void What_systemctl_shows_is_read()
    {
        var unit = UnitProperties.Of("x.service", UnitListing.Properties("""
            LoadState=loaded
            Type=forking
            User=debian-x
            RuntimeDirectory=x y/z
            ConfigurationDirectory=x
            ReadWritePaths=-/run/extra /etc/extra /var/lib/x
            PIDFile=/var/run/x.pid
            Before=shutdown.target nss-lookup.target
            JoinsNamespaceOf=wgns-netns@vpn.service netns@vpn.service
            TriggeredBy=x.socket x.timer
            RootDirectory=/srv/x
            FragmentPath=/lib/systemd/system/x.service
            DropInPaths=/etc/systemd/system/x.service.d/override.conf /etc/systemd/system/x.service.d/zz-wgns.conf
            """));
        unit.Should().BeEquivalentTo(new
        {
            Exists = true,
            Type = "forking",
            User = "debian-x",
            Run = new[] { "/run/x", "/run/y/z", "/run/extra" },
            Etc = new[] { "/etc/x", "/etc/extra" },
            PidFile = "/run/x.pid",
            IsEarly = true,
            Joined = new[] { "netns@vpn.service" },
            TriggeredBy = new[] { "x.socket", "x.timer" },
            HasOwnRoot = true,
            Files = new[] { "/lib/systemd/system/x.service", "/etc/systemd/system/x.service.d/override.conf" },
        });
        UnitProperties.Of("x.service", UnitListing.Properties("LoadState=not-found\n")).Exists.Should().BeFalse();
    }

    [TestCase("RestrictAddressFamilies=AF_INET", OwnFamilies.Some, false)]
    [TestCase("RestrictAddressFamilies=none", OwnFamilies.None, false)]
    [TestCase("RestrictAddressFamilies=none\nRestrictAddressFamilies=AF_UNIX", OwnFamilies.Some, false)]
    [TestCase("RestrictAddressFamilies=AF_INET\nRestrictAddressFamilies=", OwnFamilies.Unsaid, false)]
    [TestCase("ExecStart=/bin/x +y", OwnFamilies.Unsaid, false)]
    [TestCase("ExecStart=-!/bin/x", OwnFamilies.Unsaid, false)]
    [TestCase("ExecStartPre=-+/bin/x", OwnFamilies.Unsaid, true)]
    [TestCase("ExecStop=+/bin/x", OwnFamilies.Unsaid, true)]
    public void What_only_its_files_tell_is_read_from_them(string line, OwnFamilies families, bool hasUnconfined)
    {
        var unit = Deluged.WithFiles(["[Unit]\nDescription=x", $"[Service]\n{line}\n"]);
        unit.Families.Should().Be(families);
        unit.HasUnconfinedCommand.Should().Be(hasUnconfined);
    }

    [Test]
    public void A_service_that_shares_somebody_elses_namespaces_is_not_confined()
    {
        ConfineWarnings.Refusal(Deluged, new Attachment(Joins: true, Follows: true)).Should().BeNull();
        ConfineWarnings.Refusal(Deluged with { Joined = ["netns@vpn.service"] }, new Attachment())!.Message.Should().Contain("netns@vpn.service");
    }

    [Test]
    public void A_resolver_does_not_come_after_the_tunnel_which_comes_after_resolvers()
    {
        var resolver = Deluged with { IsEarly = true };
        ConfineUnits.Of(View, resolver, new Attachment())[0].Content.Should().Contain("Wants=wgns@vpn.service\n").And.NotContain("After=wgns@vpn.service");
        ConfineWarnings.Refusal(resolver, new Attachment(Follows: true))!.Hint.Should().Contain("without --follow");
    }

    [Test]
    public void What_will_not_work_inside_is_said()
    {
        ConfineWarnings.Of("vpn", Deluged, wasAsked: true).Should().BeEmpty();
        Words(Deluged with { Exists = false }).Should().Contain("no unit deluged.service");
        Words(Deluged with { PidFile = "/run/deluged.pid" }).Should().Contain("/run/deluged.pid");
        ConfineWarnings.Of("vpn", Deluged with { PidFile = "/run/deluged/pid", Run = ["/run/deluged"] }, wasAsked: true).Should().BeEmpty();
        Words(Deluged with { Type = "dbus" }).Should().Contain("system bus");
        ConfineWarnings.Of("vpn", Deluged, wasAsked: false).Single().Message.Should().Contain("does not run this machine");

        static string Words(UnitProperties unit) => ConfineWarnings.Of("vpn", unit, wasAsked: true).Single().Message;
    }

    [Test]
    public void States_of_units_are_read_and_what_is_not_said_is_unknown()
    {
        AttachedUnits.With(["b.service", "a.socket", "c.service"], UnitListing.Units("Id=b.service\nActiveState=failed\n\nId=a.socket\nActiveState=active\n"))
            .Should().Equal(new AttachedUnit("a.socket", "active"), new AttachedUnit("b.service", "failed"), new AttachedUnit("c.service", "unknown"));
    }
}
