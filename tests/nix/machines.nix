# The tests in virtual machines, as far as they can be evaluated without NixOS: their scripts, and what the modules make
# of the client's configuration. The options of NixOS that nixos.nix does not have are left out.
{ lib }:
let
  inherit (import ./configuration.nix { inherit lib; }) summary evaluateWith;
  common = import ../../nix/tests/common.nix {
    inherit lib;
    module = { };
  };
  nodes.provider.networking.primaryIPAddress = "192.168.1.2";

  machine =
    file:
    let
      test = import file common;
    in
    {
      inherit (test) name testScript;
      client = summary (evaluateWith {
        args = { inherit nodes; };
        lenient = true;
      } test.nodes.client);
    };
in
lib.mapAttrs (_: machine) {
  tunnel = ../../nix/tests/tunnel.nix;
  leak = ../../nix/tests/leak.nix;
  confinement = ../../nix/tests/confinement.nix;
  publish = ../../nix/tests/publish.nix;
  restart = ../../nix/tests/restart.nix;
  endpoint = ../../nix/tests/endpoint.nix;
}
