# The evaluation tests for `nix flake check`: a sentence where all is as it should be, else an error.
{ lib }:
let
  all = import ./. { inherit lib; };
  standIn = import ./. { };
  wrong = lib.filterAttrs (_: mistake: mistake.errors != [ mistake.message ]) all.mistakes;
  complaints = lib.filterAttrs (_: case: case.errors != [ ]) all.cases;
in
if wrong != { } then
  throw "mistakes of which something else is said: ${toString (builtins.attrNames wrong)}"
else if complaints != { } then
  throw "configurations that are right and complained of: ${toString (builtins.attrNames complaints)}"
else if builtins.toJSON all != builtins.toJSON standIn then
  throw "tests/nix/lib.nix and nixpkgs' lib do not agree"
else
  "The modules say what they should.\n"
