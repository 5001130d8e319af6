# Everything that the tests ask of the modules, in one evaluation:
#     nix-instantiate --eval --strict --json -E 'import ./tests/nix { }'
#     nix-instantiate --eval --strict --json -E 'import ./tests/nix { lib = import <nixpkgs/lib>; }'
{
  lib ? import ./lib.nix,
}:
let
  inherit (import ./configuration.nix { inherit lib; }) result;
in
{
  options = import ./options.nix { inherit lib; };
  probes = import ./probes.nix { inherit lib; };
  cases = lib.mapAttrs (_: result) (import ./cases.nix);
  verdicts = import ./verdicts.nix { inherit lib; };
  machines = import ./machines.nix { inherit lib; };
  mistakes = lib.mapAttrs (_: case: {
    inherit (case) message;
    inherit (result case.module) errors toml;
  }) (import ./mistakes.nix);
}
