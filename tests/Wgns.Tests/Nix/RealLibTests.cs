namespace Wgns.Tests.Nix;

/// <summary>The same with nixpkgs' own lib, where it is at hand: NIXPKGS_LIB, or nixpkgs in the search path.</summary>
public sealed class RealLibTests
{
    [Test]
    public void The_modules_say_the_same_with_nixpkgs_own_lib() =>
        NixEvaluation.AllWithNixpkgs.ToJsonString().Should().Be(NixEvaluation.All.ToJsonString());

    [Test]
    public void A_module_that_two_files_of_a_machine_import_is_there_once()
    {
        var result = NixEvaluation.Evaluate($$"""
            let
              lib = {{NixEvaluation.NixpkgsLib()}};
              inherit ((import ./flake.nix).outputs { self = { }; nixpkgs = { inherit lib; }; }) nixosModules;
            in
            (import ./tests/nix/configuration.nix { inherit lib; }).result {
              imports = [
                { imports = [ nixosModules.default ]; }
                { imports = [ nixosModules.wireguard-namespace ]; }
                (import ./tests/nix/cases.nix).minimal
              ];
            }
            """);

        result["errors"]!.AsArray().Should().BeEmpty();
        result["programs"]!.AsArray().Should().ContainSingle();
    }

    /// <summary>What the manual of options is made of, by which `nixos-rebuild` would otherwise fail.</summary>
    [Test]
    public void Every_option_can_be_told_of_in_the_manual_of_a_machine()
    {
        var options = NixEvaluation.Evaluate($$"""
            let
              lib = {{NixEvaluation.NixpkgsLib()}};
              evaluated = (import ./tests/nix/configuration.nix { inherit lib; }).evaluate { };
            in
            builtins.filter (option: option.visible && !option.internal) (
              lib.optionAttrSetToDocList { inherit (evaluated.options.services) wireguard-namespace; }
            )
            """).AsArray();

        options.Should().HaveCountGreaterThan(100);
        options.Should().OnlyContain(option => option!["description"] != null && option["type"] != null);
        options.Select(option => option!.ToJsonString()).Should().NotContain(option => option.Contains("/nix/store/", StringComparison.Ordinal));
    }
}
