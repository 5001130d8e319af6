using System.Text.Json.Nodes;

namespace Wgns.Tests.Nix;

/// <summary>Whole machines, by NixOS' own modules, where these are at hand: nixpkgs in NIXPKGS_LIB or in the search path.</summary>
public sealed class SystemTests
{
    private static IEnumerable<string> CaseNames() => NixEvaluation.NamesIn("cases.nix");

    private static JsonNode Case(string name) => NixEvaluation.Systems["cases"]![name]!;

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(item => item!.GetValue<string>())];

    private static string[] Lines(JsonNode? text) => text!.GetValue<string>().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [TestCaseSource(nameof(CaseNames))]
    public void NixOS_takes_a_right_configuration_and_complains_of_nothing(string name) =>
        Texts(Case(name)["errors"]).Should().BeEmpty();

    /// <summary>What the other tests say of units holds of those that NixOS writes.</summary>
    [TestCaseSource(nameof(CaseNames))]
    public void NixOS_writes_the_units_that_its_stand_in_writes(string name)
    {
        foreach (var (file, expected) in NixEvaluation.Cases[name]!["units"]!.AsObject())
        {
            var unit = Case(name)["units"]![file.Split(".d/")[0]]!;
            Lines(unit["text"]).Should().Contain(Lines(expected!["text"]), "it is in {0}", file);
            Texts(unit["wantedBy"]).Should().BeEquivalentTo(Texts(expected["wantedBy"]), "it is in {0}", file);
        }

        Case(name)["files"]!.AsObject().Select(file => file.Key).Where(file => file.StartsWith("wgns/", StringComparison.Ordinal))
            .Should().BeEquivalentTo(NixToml.Files(NixEvaluation.Cases[name]!).Select(file => file.File));
    }

    [Test]
    public void NixOS_reloads_for_a_changed_file_and_stops_neither_tunnel_nor_namespace()
    {
        string[] Unit(string name) => Lines(Case("minimal")["units"]![name]!["text"]);

        Unit("wgns@vpn.service").Should().Contain("X-StopIfChanged=false").And.Contain(line => line.StartsWith("X-Reload-Triggers=/nix/store/", StringComparison.Ordinal))
            .And.NotContain(line => line.StartsWith("X-Restart-Triggers=", StringComparison.Ordinal));
        Unit("wgns-netns@vpn.service").Should().Contain("X-RestartIfChanged=false");
        Unit("wgns-close@vpn.service").Should().Contain("X-RestartIfChanged=false");
    }

    /// <summary>The options that nix/tests sets are there, of the types that it gives them, down to every unit of both machines.</summary>
    [TestCase("tunnel")]
    [TestCase("leak")]
    [TestCase("confinement")]
    [TestCase("publish")]
    [TestCase("restart")]
    [TestCase("endpoint")]
    public void The_machines_of_a_test_are_ones_that_NixOS_takes(string name)
    {
        var test = NixEvaluation.Systems["tests"]![name]!;
        test["name"]!.GetValue<string>().Should().Be($"wgns-{name}");
        test["testScriptString"]!.GetValue<string>().Should().Be(NixEvaluation.All["machines"]![name]!["testScript"]!.GetValue<string>());
        foreach (var (_, machine) in test["nodes"]!.AsObject())
        {
            Texts(machine!["errors"]).Should().BeEmpty();
        }

        Lines(test["nodes"]!["client"]!["units"]!["wgns@vpn.service"]!["text"]).Should().Contain("LoadCredential=privateKey-vpn:/etc/keys/client");
        test["nodes"]!["provider"]!["units"]!.AsObject().Should().ContainKeys("wireguard-wg0.service", "dnsmasq.service", "page.service", "echo.service");
    }

    /// <summary>The one service of NixOS that the issue names: it binds the host's whole /run.</summary>
    [Test]
    public void Transmission_as_NixOS_has_it_is_confined()
    {
        var client = NixEvaluation.Systems["tests"]!["confinement"]!["nodes"]!["client"]!;
        Lines(client["units"]!["transmission.service"]!["text"]).Should().Contain("BindPaths=/run", "or this says nothing");
        var dropIn = Lines(client["dropIns"]!["transmission.service.d/zz-wgns.conf"]);

        dropIn.Should().Contain("NetworkNamespacePath=/run/netns/vpn").And.NotContain("BindPaths=/run")
            .And.ContainInConsecutiveOrder("BindPaths=", "BindReadOnlyPaths=", "BindPaths=/var/lib/transmission/.config/transmission-daemon");
        dropIn.Should().Contain(line => line.StartsWith("TemporaryFileSystem=/run:ro", StringComparison.Ordinal));
    }

    [Test]
    public void The_package_is_one_that_nixpkgs_can_make()
    {
        if (NixEvaluation.Systems["package"] is not { } package)
        {
            Assert.Ignore("no nixpkgs whole, but its folders lib and nixos alone");
            return;
        }

        package.GetValue<string>().Should().MatchRegex(@"^/nix/store/[0-9a-z]{32}-wgns-[0-9.]+\.drv$");
    }
}
