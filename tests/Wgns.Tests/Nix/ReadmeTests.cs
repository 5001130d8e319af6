using System.Text.RegularExpressions;
using Wgns.Tests.Configuration;

namespace Wgns.Tests.Nix;

/// <summary>Every example in README.md is read by what it is meant for.</summary>
public sealed partial class ReadmeTests
{
    /// <summary>What stands in the file already when an example is about something else.</summary>
    private const string Around = """
        {
          age.secrets.my_vpn_key = { path = "/run/agenix/my_vpn_key"; file = "/nix/store/11111111111111111111111111111111-my_vpn_key.age"; };
          sops.secrets.my_vpn_key.path = "/run/secrets/my_vpn_key";
          systemd.services.transmission.serviceConfig.ExecStart = "transmission-daemon";
          services.wireguard-namespace = {
            dns_server = "10.64.0.1";
            privateKeyFile = lib.mkDefault "/run/keys/vpn";
            peers = lib.mkDefault [ { publicKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="; allowedIPs = [ "0.0.0.0/0" ]; } ];
          };
        }
        """;

    private static string[] Examples(string language) =>
        [.. Fence().Matches(File.ReadAllText(Path.Combine(NixEvaluation.Repository, "README.md")))
            .Where(match => match.Groups[1].Value == language)
            .Select(match => match.Groups[2].Value)];

    private static IEnumerable<int> Numbers(string language) => Enumerable.Range(0, Examples(language).Length);

    private static IEnumerable<int> OfNix() => Numbers("nix");

    private static IEnumerable<int> OfToml() => Numbers("toml");

    [Test]
    public void There_are_examples_of_both()
    {
        Examples("nix").Should().HaveCountGreaterThan(4);
        Examples("toml").Should().NotBeEmpty();
    }

    [TestCaseSource(nameof(OfToml))]
    public void An_example_of_a_file_is_read_without_an_error(int number)
    {
        var read = Read.Text(Examples("toml")[number], "/etc/wgns/vpn.toml");
        read.HasErrors.Should().BeFalse(string.Join('\n', read.Diagnostics));
        read.Config.Interfaces.Should().NotBeEmpty();
    }

    [TestCaseSource(nameof(OfNix))]
    public void An_example_of_a_NixOS_configuration_is_evaluated_and_not_complained_of(int number)
    {
        var example = Examples("nix")[number];
        var isFlake = example.Contains("outputs =", StringComparison.Ordinal);
        // A flake's machine has the module by itself: that it is there under that name is all that is asked of it.
        var module = isFlake
            ? $$"""
              (({{example}}).outputs {
                nixpkgs.lib.nixosSystem = { modules }: { imports = builtins.filter (m: !(builtins.isPath m)) modules; };
                wgns.nixosModules.default = assert ((import ./flake.nix).outputs { self = { }; nixpkgs.lib = lib; }).nixosModules ? default; around;
              }).nixosConfigurations.machine
              """
            : $"{{ imports = [ around ({example}) ]; }}";
        var result = NixEvaluation.Evaluate($$"""
            let
              lib = import ./tests/nix/lib.nix;
              inherit (import ./tests/nix/configuration.nix { inherit lib; }) evaluateWith summary;
              around = {{Around}};
            in
            summary (evaluateWith { lenient = true; } ({{module}}))
            """);

        result["errors"]!.AsArray().Select(error => error!.GetValue<string>()).Should().BeEmpty();
        result["warnings"]!.AsArray().Should().BeEmpty();
        foreach (var (file, value) in NixToml.Files(result))
        {
            var read = NixToml.Read(file, value);
            read.HasErrors.Should().BeFalse(string.Join('\n', read.Diagnostics));
        }

        result["units"]!.AsObject().Should().ContainKey("wgns@vpn.service.d/overrides.conf");
    }

    [GeneratedRegex(@"^```([a-z]+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
