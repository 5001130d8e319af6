# A whole machine, of nixpkgs' own modules: what becomes of its units, and what is complained of.
#     nix-instantiate --eval --strict --json -E 'import ./tests/nix/system.nix { nixpkgs = /path/to/nixpkgs; }'
# nixpkgs is a checkout, or its folders lib and nixos alone: packages are then their paths.
{ nixpkgs }:
let
  lib = import (nixpkgs + "/lib");
  isWhole = builtins.pathExists (nixpkgs + "/pkgs/top-level/default.nix");
  pkgs =
    if isWhole then
      import nixpkgs {
        system = "x86_64-linux";
        config = { };
        overlays = [ ];
      }
    else
      import ./system-pkgs.nix { inherit lib nixpkgs; };

  # What a machine has to say of itself, and what agenix and sops-nix declare.
  machine =
    { lib, ... }:
    let
      secrets = lib.mkOption {
        type = lib.types.attrsOf lib.types.raw;
        default = { };
      };
    in
    {
      imports = [ ../../modules ];
      options.age.secrets = secrets;
      options.sops.secrets = secrets;
      config = {
        boot.loader.grub.enable = false;
        fileSystems."/" = {
          device = "none";
          fsType = "tmpfs";
        };
        system.stateVersion = lib.trivial.release;
        users.allowNoPasswordLogin = true;
      };
    };

  evaluate =
    module:
    import (nixpkgs + "/nixos/lib/eval-config.nix") {
      inherit lib pkgs;
      system = null;
      modules = [
        machine
        module
      ];
    };

  isOurs =
    name:
    builtins.any (prefix: lib.hasPrefix prefix name) [
      "wgns/"
      "netns/"
      "keys/"
      "www/"
      "watch.nft"
    ];
  summary = config: {
    errors = map (a: a.message) (builtins.filter (a: !a.assertion) config.assertions);
    units = lib.mapAttrs (_: unit: { inherit (unit) text wantedBy; }) config.systemd.units;
    dropIns = builtins.listToAttrs (
      map (package: lib.nameValuePair (lib.removePrefix "/etc/systemd/system/" package.destination) package.text) (
        builtins.filter (package: lib.hasPrefix "/etc/systemd/system/" (package.destination or "")) config.systemd.packages
      )
    );
    files = lib.mapAttrs (_: file: toString file.source) (lib.filterAttrs (name: _: isOurs name) config.environment.etc);
  };

  # What runNixOSTest does, but for the machines' start.
  test =
    name:
    let
      evaluated = (import (nixpkgs + "/nixos/lib/testing") { inherit lib; }).evalTest {
        imports = [
          (import (../../nix/tests + "/${name}.nix") (
            import ../../nix/tests/common.nix {
              inherit lib;
              module = machine;
            }
          ))
        ];
        hostPkgs = pkgs;
      };
    in
    {
      inherit (evaluated.config) name testScriptString;
      nodes = lib.mapAttrs (_: summary) evaluated.config.nodes;
    };
in
{
  cases = lib.mapAttrs (_: module: summary (evaluate module).config) (import ./cases.nix);
  tests = lib.genAttrs [ "tunnel" "leak" "confinement" "publish" "restart" "endpoint" ] test;
}
// lib.optionalAttrs isWhole { package = (import ../../default.nix { inherit pkgs; }).drvPath; }
