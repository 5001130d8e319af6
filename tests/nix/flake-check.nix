# The evaluation tests for `nix flake check`: a sentence where all is as it should be, else an error.
{ lib }:
let
  all = import ./. { inherit lib; };
  standIn = import ./. { };
  wrong = lib.filterAttrs (_: mistake: mistake.errors != [ mistake.message ]) all.mistakes;
  complaints = lib.filterAttrs (_: case: case.errors != [ ]) all.cases;
  refused = lib.any (table: !(lib.all (taken: taken) table.good)) all.verdicts;
  taken = lib.any (table: lib.any (taken: taken) table.bad) all.verdicts;
in
if wrong != { } then
  throw "mistakes of which something else is said: ${toString (builtins.attrNames wrong)}"
else if complaints != { } then
  throw "configurations that are right and complained of: ${toString (builtins.attrNames complaints)}"
else if refused || taken then
  throw "of a value of tests/nix/verdicts.json the module does not say what stands there"
else if builtins.toJSON all != builtins.toJSON standIn then
  throw "tests/nix/lib.nix and nixpkgs' lib do not agree"
else
  "The modules say what they should.\n"
