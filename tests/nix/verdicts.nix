# Whether the module takes each value of verdicts.json. The program is asked the same, and both must agree with the table.
{ lib }:
let
  inherit (import ./configuration.nix { inherit lib; }) isAccepted;
  inherit (builtins.fromJSON (builtins.readFile ./verdicts.json)) base tables;

  settings =
    table: value:
    let
      more = if table ? key then { ${table.key} = if table.inList or false then [ value ] else value; } else value;
    in
    base
    // {
      namespace = more;
      peer.peers = [ (builtins.head base.peers // more) ];
      publish.publish = [ more ];
      hostLink.hostLink = { enable = true; } // more;
    }
    .${table.of};
in
map (
  table:
  lib.genAttrs [ "good" "bad" ] (
    verdict: map (value: isAccepted { services.wireguard-namespace = settings table value; }) table.${verdict}
  )
) tables
