# The tests in virtual machines, by name: nix build .#checks.x86_64-linux.tunnel
# They say on real NixOS what tests/vm says on Debian, with the same counters on the wire (tests/vm/guest/watch.nft).
{ pkgs, module }:
let
  inherit (pkgs) lib;
  common = import ./common.nix { inherit lib module; };
in
lib.genAttrs [
  "tunnel"
  "leak"
  "confinement"
  "publish"
  "restart"
  "endpoint"
] (name: pkgs.testers.runNixOSTest (import (./. + "/${name}.nix") common))
