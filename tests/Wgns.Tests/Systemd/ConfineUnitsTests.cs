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
            Joined = new[] { "wgns-netns@vpn.service", "netns@vpn.service" },
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
        ConfineWarnings.Refusal("vpn", Deluged, new Attachment(Joins: true, Follows: true)).Should().BeNull();
        ConfineWarnings.Refusal("vpn", Deluged with { Joined = ["wgns-netns@vpn.service"] }, new Attachment(Joins: true)).Should().BeNull();
        ConfineWarnings.Refusal("vpn", Deluged with { Joined = ["netns@vpn.service"] }, new Attachment())!.Message.Should().Contain("netns@vpn.service");
        ConfineWarnings.Refusal("vpn", Deluged with { Joined = ["wgns-netns@vpn.service", "wgns-netns@other.service"] }, new Attachment())!
            .Message.Should().Contain("wgns-netns@other.service").And.NotContain("wgns-netns@vpn.service");
    }

    [Test]
    public void A_unit_whose_file_lies_below_a_directory_with_a_space_is_read_from_there()
    {
        UnitProperties.Of("x.service", UnitListing.Properties("LoadState=loaded\nFragmentPath=/opt/My App/x.service\nDropInPaths=/etc/systemd/system/x.service.d/a.conf\n"))
            .Files.Should().Equal("/opt/My App/x.service", "/etc/systemd/system/x.service.d/a.conf");
        UnitProperties.Of("x.service", UnitListing.Properties("LoadState=not-found\nFragmentPath=\nDropInPaths=\n")).Files.Should().BeEmpty();
    }

    [TestCase("NetworkNamespacePath=/proc/1/ns/net", "NetworkNamespacePath")]
    [TestCase("PrivateNetwork=no", "PrivateNetwork")]
    [TestCase("BindPaths=", "BindPaths")]
    [TestCase("TemporaryFileSystem=", "TemporaryFileSystem")]
    [TestCase("BindReadOnlyPaths=/srv /run/nscd", "BindReadOnlyPaths")]
    [TestCase("ReadWritePaths=/run", "ReadWritePaths")]
    [TestCase("BindPaths=/srv\nPrivateNetwork=yes\nExecStart=\nRestrictAddressFamilies=AF_UNIX", null)]
    public void A_drop_in_that_comes_after_ours_is_told_where_it_takes_back_of_what_ours_says(string lines, string? key)
    {
        const string Directory = "/etc/systemd/system/deluged.service.d";
        string[] Told(string name) =>
        [
            .. ConfineWarnings.Of("vpn", (Deluged with { Files = ["/lib/systemd/system/deluged.service", $"{Directory}/{name}"] })
                .WithFiles(["[Service]\nExecStart=/bin/x\n", $"[Service]\n{lines}\n"]), wasAsked: true).Select(w => w.Message),
        ];

        Told("override.conf").Should().BeEmpty();
        Told("zzz.conf").Should().BeEquivalentTo(key is null
            ? []
            : new[] { $"{Directory}/zzz.conf is read after zz-wgns.conf, and its {key}= takes back of what keeps deluged.service inside" });
    }

    /// <summary>As Debian's sshd.service: the alias goes with `systemctl disable ssh`, and what was written for it would stand beside.</summary>
    [Test]
    public void A_unit_that_is_asked_for_by_an_alias_is_confined_by_its_own_name()
    {
        UnitProperties.Of("sshd.service", UnitListing.Properties("Id=ssh.service\nLoadState=loaded\n")).Unit.Should().Be("ssh.service");
        UnitProperties.Of("gone.service", UnitListing.Properties("LoadState=not-found\n")).Unit.Should().Be("gone.service");
    }

    /// <summary>As Debian's ssh.socket, which says so itself. What systemd adds to every socket goes with DefaultDependencies=no.</summary>
    [Test]
    public void A_socket_that_says_it_comes_before_those_of_the_machine_is_not_confined_for_the_namespace_comes_after_them()
    {
        var shown = UnitProperties.Of("ssh.socket", UnitListing.Properties("LoadState=loaded\nBefore=sockets.target shutdown.target ssh.service\n"));
        Refused(shown, "[Unit]\nBefore=ssh.service\n[Socket]\nListenStream=22\n").Should().BeNull();
        Refused(shown, "[Socket]\nListenStream=22\nBefore=sockets.target\n").Should().BeNull();
        Refused(shown, "[Unit]\nBefore=ssh.service sockets.target\n", "[Unit]\nBefore=\n")!.Message.Should().Contain("sockets.target");

        static UnitWarning? Refused(UnitProperties unit, params string[] files) => ConfineWarnings.Refusal("vpn", unit.WithFiles(files), new Attachment());
    }

    [TestCase("shutdown.target multi-user.target", false)]
    [TestCase("shutdown.target sysinit.target", true)]
    [TestCase("local-fs.target", true)]
    public void A_service_that_comes_before_every_ordinary_one_is_not_confined_for_the_namespace_is_one(string before, bool isRefused)
    {
        var unit = UnitProperties.Of("early.service", UnitListing.Properties($"LoadState=loaded\nBefore={before}\n")).WithFiles([]);
        (ConfineWarnings.Refusal("vpn", unit, new Attachment()) is not null).Should().Be(isRefused);
    }

    [Test]
    public void A_resolver_does_not_come_after_the_tunnel_which_comes_after_resolvers()
    {
        var resolver = Deluged with { IsEarly = true };
        ConfineUnits.Of(View, resolver, new Attachment())[0].Content.Should().Contain("Wants=wgns@vpn.service\n").And.NotContain("After=wgns@vpn.service");
        ConfineWarnings.Refusal("vpn", resolver, new Attachment(Follows: true))!.Hint.Should().Contain("without --follow");
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

    [TestCase("Accept=no\nTriggers=proxy.service", "proxy.service", "`wgns units confine vpn proxy.service`")]
    [TestCase("Accept=yes", "proxy@.service", "By hand")]
    public void A_socket_whose_service_stays_outside_is_warned_of(string shown, string service, string cure)
    {
        var warning = ConfineWarnings.Of("vpn", UnitProperties.Of("proxy.socket", UnitListing.Properties($"LoadState=loaded\n{shown}\n")), wasAsked: true).Single();

        warning.Message.Should().Be($"proxy.socket starts {service}, which is not inside: what that begins itself goes past the tunnel");
        warning.Hint.Should().Contain(cure);
    }

    [Test]
    public void States_of_units_are_read_and_what_is_not_said_is_unknown()
    {
        AttachedUnits.With(["b.service", "a.socket", "c.service"], UnitListing.Units("Id=b.service\nActiveState=failed\n\nId=a.socket\nActiveState=active\n"))
            .Should().Equal(new AttachedUnit("a.socket", "active"), new AttachedUnit("b.service", "failed"), new AttachedUnit("c.service", "unknown"));
    }
}
