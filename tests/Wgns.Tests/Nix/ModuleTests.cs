using System.Text.Json.Nodes;
using Wgns.Planning;

namespace Wgns.Tests.Nix;

/// <summary>What configurations of NixOS come to.</summary>
public sealed class ModuleTests
{
    private static IEnumerable<string> CaseNames() => NixEvaluation.NamesIn("cases.nix");

    private static JsonNode Case(string name) => NixEvaluation.Cases[name]!;

    private static JsonNode Unit(string name, string unit) => Case(name)["units"]![unit]!;

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(item => item!.GetValue<string>())];

    [Test]
    public void No_case_is_forgotten() => CaseNames().Should().BeEquivalentTo(NixEvaluation.Cases.Select(entry => entry.Key));

    [TestCaseSource(nameof(CaseNames))]
    public void A_right_configuration_is_not_complained_of_and_the_program_reads_its_file(string name)
    {
        Texts(Case(name)["errors"]).Should().BeEmpty();
        foreach (var (file, value) in NixToml.Files(Case(name)))
        {
            var read = NixToml.Read(file, value);
            read.HasErrors.Should().BeFalse(string.Join('\n', read.Diagnostics));
            ("wgns/" + read.Config.Name + ".toml").Should().Be(file);
        }
    }

    [Test]
    public void A_configuration_for_the_original_flake_makes_a_namespace_as_it_is()
    {
        NixToml.Files(Case("original")).Select(file => file.File).Should().Equal("wgns/vpn.toml");
        Texts(Case("original")["warnings"]).Should().BeEmpty();
        Unit("original", "wgns@vpn.service.d/overrides.conf")["text"]!.GetValue<string>()
            .Should().Contain("LoadCredential=privateKey-vpn:/run/agenix/my_vpn_key\n");
        Texts(Unit("original", "wgns@vpn.service.d/overrides.conf")["wantedBy"]).Should().Contain("multi-user.target");
    }

    [TestCase("none")]
    [TestCase("switchedOff")]
    public void Without_peers_or_without_enable_nothing_is_added_to_the_machine(string name)
    {
        Case(name)["units"]!.AsObject().Should().BeEmpty();
        Case(name)["toml"]!.AsObject().Should().BeEmpty();
        Texts(Case(name)["programs"]).Should().BeEmpty();
    }

    [TestCase("two", "wgns/vpn.toml", "wgns/nl.toml", "wgns/sweden.toml")]
    [TestCase("onlyNamespaces", "wgns/nl.toml")]
    public void Each_namespace_has_a_file_and_units_of_its_own(string name, params string[] files)
    {
        NixToml.Files(Case(name)).Select(file => file.File).Should().BeEquivalentTo(files);
        var instances = files.Select(file => Path.GetFileNameWithoutExtension(file)).ToList();
        Case(name)["units"]!.AsObject().Select(unit => unit.Key).Should().BeEquivalentTo(
            [
                .. instances.Select(instance => $"wgns@{instance}.service.d/overrides.conf"),
                .. instances.Select(instance => $"wgns-netns@{instance}.service.d/overrides.conf"),
                .. instances.Select(instance => $"wgns-close@{instance}.service.d/overrides.conf"),
                .. instances.Select(instance => $"wgns-closed@{instance}.service.d/overrides.conf"),
                "wgns.target.d/overrides.conf",
                "wgns-nscd.socket.d/overrides.conf",
            ]);
    }

    /// <summary>A peer's place must not be in a credential's name: credentials load at start, and a reload would mix them up.</summary>
    [Test]
    public void A_peer_put_first_leaves_the_keys_of_the_others_alone()
    {
        string PresharedKeyOf(string name, int peer) =>
            NixToml.Files(Case(name)).Single().Value["peers"]![peer]!["presharedKeyFile"]!.GetValue<string>();

        PresharedKeyOf("anotherPeerFirst", 1).Should().Be(PresharedKeyOf("oneKeyedPeer", 0));
        PresharedKeyOf("anotherPeerFirst", 0).Should().NotBe(PresharedKeyOf("anotherPeerFirst", 1));
    }

    [Test]
    public void A_changed_peer_reloads_and_another_program_restarts_without_a_stop()
    {
        var tunnel = Unit("minimal", "wgns@vpn.service.d/overrides.conf");
        Texts(tunnel["reloads"]).Should().ContainSingle().Which.Should().EndWith("-vpn.toml");
        Texts(tunnel["restarts"]).Should().BeEmpty();
        tunnel["stopIfChanged"]!.GetValue<bool>().Should().BeFalse("a stop closes the tunnel");
        tunnel["text"]!.GetValue<string>().Should().NotContain("vpn.toml", "a changed text restarts and does not reload");
        Unit("minimal", "wgns-netns@vpn.service.d/overrides.conf")["restartIfChanged"]!.GetValue<bool>()
            .Should().BeFalse("stopping it stops every service inside");
        Unit("minimal", "wgns-close@vpn.service.d/overrides.conf")["restartIfChanged"]!.GetValue<bool>()
            .Should().BeFalse("stopping it closes the tunnel of a supervisor that crashed");
        Unit("minimal", "wgns-closed@vpn.service.d/overrides.conf")["restartIfChanged"]!.GetValue<bool>()
            .Should().BeFalse("it waits for a stop");
    }

    [TestCase("wgns@")]
    [TestCase("wgns-netns@")]
    [TestCase("wgns-close@")]
    public void A_namespace_that_is_taken_out_is_no_failed_unit(string template)
    {
        Case("minimal")["unitFiles"]![$"{template}.service.d/50-configured.conf"]!.GetValue<string>()
            .Should().Be("[Unit]\nConditionPathExists=/etc/wgns/%i.toml\n");
        Case("none")["unitFiles"]!.AsObject().Should().BeEmpty();
    }

    [Test]
    public void No_key_file_is_named_in_the_store_and_each_becomes_a_credential_of_the_unit()
    {
        var text = Unit("everything", "wgns@all.service.d/overrides.conf")["text"]!.GetValue<string>();
        var file = NixToml.Text(NixToml.Files(Case("everything")).Single().Value);

        file.Should().NotContain("/run/keys").And.Contain("\"credential:of-my-own\"");
        text.Should().Contain("LoadCredential=privateKey-wg0:/run/keys/100%% private\n").And.NotContain("of-my-own");
        foreach (var name in System.Text.RegularExpressions.Regex.Matches(file, "\"credential:([^\"]+)\"").Select(match => match.Groups[1].Value))
        {
            (name == "of-my-own" || text.Contains($"LoadCredential={name}:", StringComparison.Ordinal)).Should().BeTrue("{0} must be loaded", name);
        }
    }

    [Test]
    public void Keys_in_the_store_are_warned_about_by_the_option_that_keeps_them_out()
    {
        var warnings = Texts(Case("keyInTheStore")["warnings"]);
        warnings.Should().HaveCount(2);
        warnings[0].Should().StartWith("services.wireguard-namespace.privateKeyFile is in the Nix store");
        warnings[1].Should().EndWith("use services.wireguard-namespace.peers.0.presharedKeyFile.");
    }

    [Test]
    public void The_machines_DHCP_client_leaves_the_hosts_ends_of_links_alone()
    {
        Texts(Case("linked")["denyInterfaces"]).Should().Equal("wgh-vpn", "wgh-nl");
        Texts(Case("two")["denyInterfaces"]).Should().BeEmpty();
    }

    [Test]
    public void Rules_for_the_original_flakes_table_are_told_the_new_ones()
    {
        Texts(Case("rulesOfTheOriginal")["warnings"]).Should().ContainSingle().Which.Should()
            .Contain("services.wireguard-namespace.extraFirewallRules").And.Contain("`inet wgns`");
    }

    /// <summary>TEMPLATE_UNIT_RE of nixpkgs' switch-to-configuration-ng, and of the Perl before it.</summary>
    [Test]
    public void A_name_of_which_a_switch_of_NixOS_finds_no_template_is_warned_of()
    {
        static string Found(string name) => System.Text.RegularExpressions.Regex.Replace($"wgns@{name}.service", @"^(.*)@[^\.]*\.(.*)$", "$1@.$2");

        Found("vpn-nl_2").Should().Be("wgns@.service");
        Found("vpn.nl").Should().NotBe("wgns@.service");
        Found("vpn@nl").Should().NotBe("wgns@.service");
        var warnings = Texts(Case("dottedName")["warnings"]);
        warnings.Should().HaveCount(2);
        warnings[0].Should().StartWith("services.wireguard-namespace.namespaces.vpn.nl.namespace_name is \"vpn.nl\": a switch of NixOS");
        warnings[1].Should().StartWith("services.wireguard-namespace.namespaces.vpn@nl.namespace_name is \"vpn@nl\": a switch of NixOS");
    }

    [Test]
    public void Where_etc_cannot_be_written_the_files_that_wgns_would_write_come_from_the_configuration()
    {
        var (file, value) = NixToml.Files(Case("immutableEtc")).Single();
        value["dnsFiles"]!.GetValue<string>().Should().Be("keep");
        var config = NixToml.Read(file, value).Config;
        Case("immutableEtc")["etc"]!["netns/vpn/resolv.conf"]!.GetValue<string>().Should().Be(DnsText.ResolvConf(config));
        Case("immutableEtc")["etc"]!["netns/vpn/nsswitch.conf"]!.GetValue<string>().Should().Be(DnsText.NsswitchConf(config));
        Case("minimal")["etc"]!.AsObject().Should().BeEmpty("elsewhere wgns writes them itself");
    }

    [Test]
    public void Another_package_and_settings_of_ones_own_go_with_what_the_module_says()
    {
        const string Package = "/nix/store/11111111111111111111111111111111-my-wgns";
        Texts(Case("ofOnesOwn")["unitPackages"]).Should().Contain(Package);
        Texts(Case("ofOnesOwn")["programs"]).Should().Contain(Package);
        Case("ofOnesOwn")["unitFiles"]!["wgns-publish-vpn:127.0.0.1:80.service"]!.GetValue<string>().Should().Contain($"ExecStart={Package}/bin/wgns forward ");
        Unit("ofOnesOwn", "wgns@vpn.service.d/overrides.conf")["text"]!.GetValue<string>()
            .Should().Contain("RestartSec=10\n").And.Contain("After=keys.target\n").And.Contain("LoadCredential=privateKey-vpn:/run/keys/vpn\n");
        Texts(Unit("ofOnesOwn", "wgns@vpn.service.d/overrides.conf")["restarts"]).Should().ContainSingle().Which.Should().EndWith("-my_vpn_key.age");
        Texts(Unit("ofOnesOwn", "wgns@vpn.service.d/overrides.conf")["reloads"]).Should().ContainSingle().Which.Should().EndWith("-vpn.toml");
    }

    /// <summary>Which unit closes a tunnel, and runs its hooks, is a matter of when it ended.</summary>
    [TestCase("wgns@vpn")]
    [TestCase("wgns-close@vpn")]
    [TestCase("wgns-closed@vpn")]
    public void A_hook_finds_the_same_programs_in_every_unit_that_runs_it(string unit) =>
        Texts(Unit("hooked", unit + ".service.d/overrides.conf")["path"]).Should().Contain("/nix/store/33333333333333333333333333333333-hooks");

    [Test]
    public void A_link_of_which_something_is_said_is_made_as_by_the_file()
    {
        var (file, value) = NixToml.Files(Case("linkByItsOptions")).Single();
        value["hostLink"]!["enable"]!.GetValue<bool>().Should().BeTrue();
        NixToml.Read(file, value).Config.HostLink.Should().NotBeNull();
        NixToml.Files(Case("minimal")).Single().Value.ContainsKey("hostLink").Should().BeFalse();
    }

    [TestCase("minimal", "wgns@vpn", false, true)]
    [TestCase("everything", "wgns@all", false, true)]
    [TestCase("interfaces", "wgns@vpn", true, true)]
    public void An_engine_that_may_be_needed_is_there(string name, string unit, bool program, bool kernel)
    {
        Texts(Unit(name, unit + ".service.d/overrides.conf")["path"]).Any(path => path.EndsWith("-wireguard-go", StringComparison.Ordinal))
            .Should().Be(program);
        Texts(Case(name)["kernelModules"]).Contains("wireguard").Should().Be(kernel);
    }
}
