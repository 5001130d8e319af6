using System.Text.Json.Nodes;
using Wgns.Confinement;
using Wgns.Systemd;

namespace Wgns.Tests.Nix;

/// <summary>The units of modules/confinement.nix are those that `wgns units` prints.</summary>
public sealed class ConfinementTests
{
    /// <summary>What is there for each unit; what is there for all namespaces is another matter.</summary>
    private static Dictionary<string, JsonNode> Files(string name) => NixEvaluation.Cases[name]!["unitFiles"]!.AsObject()
        .Where(file => !file.Key.Contains("@.service.d/", StringComparison.Ordinal))
        .ToDictionary(file => file.Key, file => file.Value!);

    private static string[] WithoutComments(string text) =>
        [.. text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#'))];

    [Test]
    public void The_module_and_the_command_refuse_the_same_units_of_wgns()
    {
        var list = File.ReadAllText(Path.Combine(NixEvaluation.Repository, "modules/confinement.nix")).Split("ownPrefixes = [")[1].Split(']')[0];
        list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(p => p.Trim('"')).Should().Equal(UnitName.OwnPrefixes);
    }

    [Test]
    public void The_module_and_the_command_refuse_what_comes_before_the_same_targets()
    {
        var list = File.ReadAllText(Path.Combine(NixEvaluation.Repository, "modules/view.nix")).Split("earliest = [")[1].Split(']')[0];
        list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(t => t.Trim('"')).Should().Equal(UnitProperties.Earliest);
    }

    private static IEnumerable<TestCaseData> Confined()
    {
        yield return new TestCaseData("simple.service", "");
        yield return new TestCaseData("listening.socket", "");
        yield return new TestCaseData("rich.service", """
            RuntimeDirectory=rich rich/sub:link
            ConfigurationDirectory=rich
            ReadWritePaths=-/run/shared /etc/elsewhere /var/lib/rich
            RestrictAddressFamilies=AF_INET AF_INET6
            SystemCallFilter=~@mount
            SystemCallFilter=
            SystemCallFilter=@system-service
            SystemCallFilter=~@privileged
            """);
    }

    /// <param name="shown">What systemd says of the unit, as NixOS would have written it.</param>
    [TestCaseSource(nameof(Confined))]
    public void A_confined_unit_has_the_drop_in_that_units_confine_prints(string unit, string shown)
    {
        var properties = UnitProperties.Of(unit, UnitListing.Properties(shown)).WithFiles([$"[Service]\n{shown}\n"]);
        var view = new ConfinedView("vpn", RuntimePaths.System)
        {
            MoreEtc = ["hosts", "ssl"],
            MoreRun = properties.Run,
            LiveEtc = [.. properties.Etc.Order(StringComparer.Ordinal)],
        };
        var printed = ConfineUnits.Of(view, properties, new Attachment()).Single();

        WithoutComments(Files("confined")[printed.Path].GetValue<string>()).Should().Equal(WithoutComments(printed.Body));
    }

    /// <summary>What `wgns units confine` warns of (ConfineWarnings), as far as it is a way out by itself.</summary>
    [Test]
    public void What_a_confined_service_still_has_of_the_machine_is_warned_of()
    {
        var warnings = NixEvaluation.Cases["confinedHalf"]!["warnings"]!.AsArray().Select(warning => warning!.GetValue<string>()).ToList();

        warnings.Should().HaveCount(5);
        warnings[0].Should().StartWith("systemd.services.resolving.serviceConfig.ExecStart has a \"+\" before it");
        warnings[1].Should().StartWith("systemd.services.web is handed a socket for datagrams of systemd.sockets.quic,")
            .And.EndWith("Set systemd.sockets.quic.wireguardNamespace = \"vpn\".");
        warnings[2].Should().EndWith("Set systemd.sockets.received.wireguardNamespace = \"vpn\".");
        warnings[3].Should().StartWith("systemd.sockets.each starts systemd.services.each@, which is not inside:")
            .And.EndWith("Set systemd.services.\"each@\".wireguardNamespace = \"vpn\".");
        warnings[4].Should().EndWith("Set systemd.services.outside.wireguardNamespace = \"vpn\".");
    }

    [Test]
    public void A_name_that_no_service_of_the_configuration_has_is_warned_of()
    {
        var warnings = NixEvaluation.Cases["confinedByName"]!["warnings"]!.AsArray().Select(warning => warning!.GetValue<string>()).ToList();

        warnings.Should().HaveCount(2);
        warnings[0].Should().StartWith("systemd.services.instance@one.wireguardNamespace: nothing else here says what instance@one.service runs");
        warnings[1].Should().StartWith("systemd.services.transmision.wireguardNamespace: ")
            .And.EndWith("set systemd.services.\"transmision\".overrideStrategy = \"asDropin\".");
    }

    [Test]
    public void An_instance_loses_what_its_template_binds_of_the_host_and_a_template_what_its_instance_does()
    {
        var files = NixEvaluation.Cases["confinedInstances"]!["unitFiles"]!.AsObject();
        string[] Lines(string unit) => WithoutComments(files[$"{unit}.service.d/zz-wgns.conf"]!.GetValue<string>());

        files.Select(file => file.Key).Where(file => file.EndsWith("/zz-wgns.conf", StringComparison.Ordinal)).Should().HaveCount(3);
        Lines("binding@one").Should().ContainInConsecutiveOrder("BindPaths=", "BindReadOnlyPaths=", "BindPaths=/srv")
            .And.NotContain("BindPaths=/run").And.NotContain("SystemCallErrorNumber=ENOSYS");
        Lines("inside@one").Should().ContainInConsecutiveOrder("NetworkNamespacePath=/run/netns/vpn", "BindPaths=", "BindReadOnlyPaths=")
            .And.NotContain("BindReadOnlyPaths=/run/nscd");
        Lines("inside@").Should().NotContain("BindPaths=");
    }

    [Test]
    public void Nothing_else_is_confined() =>
        Files("confined").Select(file => file.Key).Should().BeEquivalentTo(Confined().Select(unit => $"{unit.Arguments[0]}.d/zz-wgns.conf"));

    /// <summary>A bind wins against TemporaryFileSystem= of the same path (drop_duplicates of systemd's core/namespace.c).</summary>
    [Test]
    public void A_service_that_binds_the_whole_run_of_the_host_loses_it_and_keeps_the_rest()
    {
        var lines = WithoutComments(Files("bindsEverything")["transmission.service.d/zz-wgns.conf"].GetValue<string>());

        lines.Where(line => line.StartsWith("BindPaths=", StringComparison.Ordinal)).Should().Equal(
            "BindPaths=", "BindPaths=/var/lib/transmission", "BindPaths=-/run/transmission");
        lines.Where(line => line.StartsWith("BindReadOnlyPaths=", StringComparison.Ordinal)).Take(3).Should().Equal(
            "BindReadOnlyPaths=", "BindReadOnlyPaths=/nix/store", "BindReadOnlyPaths=-/run/agenix/transmission");
        lines.Should().Contain("TemporaryFileSystem=/run:ro /run/lock:mode=1777");

        var printed = ConfineUnits.Of(
            new ConfinedView("vpn", RuntimePaths.System) { MoreRun = ["/run/transmission"] },
            (new UnitProperties("transmission.service") with { IsEarly = true }).WithFiles(["""
                [Service]
                BindPaths=/var/lib/transmission
                BindPaths=/run
                BindReadOnlyPaths=/nix/store
                BindReadOnlyPaths=/etc
                BindReadOnlyPaths=-/run/agenix/transmission
                BindReadOnlyPaths=/run:/var/run
                BindReadOnlyPaths=%t/systemd/resolve/io.systemd.Resolve
                ReadWritePaths=-%t /var/lib/transmission
                ReadOnlyPaths=/srv
                RestrictAddressFamilies=none
                """]),
            new Attachment()).Single();
        lines.Should().Equal(WithoutComments(printed.Body));
    }

    [TestCase("published", 12)]
    [TestCase("publishedPaths", 10)]
    public void A_published_socket_has_the_units_that_units_publish_prints(string name, int count)
    {
        var (file, value) = NixToml.Files(NixEvaluation.Cases[name]!).Single();
        var config = NixToml.Read(file, value).Config;
        var printed = PublishUnits.Of(config, RuntimePaths.System, "/nix/store/00000000000000000000000000000000-wgns/bin/wgns");

        printed.Should().HaveCount(count);
        Files(name).Select(unit => unit.Key).Should().BeEquivalentTo(printed.Select(unit => unit.Path));
        foreach (var unit in printed)
        {
            WithoutComments(Files(name)[unit.Path].GetValue<string>()).Should().Equal(WithoutComments(unit.Body), unit.Path);
        }
    }

    /// <summary>makeUnit of nixos/lib/systemd-lib.nix makes "unit-NAME" of it, and the store takes 211 characters, ".drv" at the end with them.</summary>
    [TestCase("published")]
    [TestCase("publishedPaths")]
    public void The_name_of_a_published_sockets_unit_is_one_that_NixOS_can_make_a_file_of(string name) =>
        Files(name).Keys.Should().OnlyContain(unit => unit.All(char.IsAscii) && "unit-.drv".Length + unit.Length + (64 - "vpn".Length) <= 211
            && unit.All(c => char.IsLetterOrDigit(c) || ":-_.\\@".Contains(c)));

    [Test]
    public void A_published_socket_listens_from_the_start_of_the_machine_and_again_with_its_namespace()
    {
        var units = NixEvaluation.Cases["published"]!["units"]!.AsObject()
            .Where(unit => unit.Key.StartsWith("wgns-publish", StringComparison.Ordinal) && unit.Key.Contains(".socket.d/", StringComparison.Ordinal))
            .ToList();
        units.Should().HaveCount(6);
        units.Should().OnlyContain(unit => unit.Value!["wantedBy"]![0]!.GetValue<string>() == "sockets.target"
            && unit.Value!["wantedBy"]![1]!.GetValue<string>().StartsWith("wgns-netns@", StringComparison.Ordinal));
    }

    [Test]
    public void The_filter_of_nscd_listens_from_the_start_where_there_is_an_nscd_and_a_namespace()
    {
        static JsonNode? Socket(string name) => NixEvaluation.Cases[name]!["units"]!.AsObject()
            .Where(unit => unit.Key.StartsWith("wgns-nscd.socket", StringComparison.Ordinal)).Select(unit => unit.Value!["wantedBy"]).SingleOrDefault();

        Socket("minimal")![0]!.GetValue<string>().Should().Be("sockets.target");
        Socket("withoutNscd").Should().BeNull();
        Socket("none").Should().BeNull();
    }
}
