# The text that NixOS makes of a unit's options (nixos/lib/systemd-lib.nix), as far as systemd reads it.
{ lib }:
let
  section =
    settings:
    lib.concatStrings (
      lib.mapAttrsToList (
        name: value: lib.concatStrings (map (one: "${name}=${word one}\n") (lib.toList value))
      ) (lib.filterAttrs (_: value: value != null) settings)
    );

  word =
    value:
    if value == true then
      "true"
    else if value == false then
      "false"
    else
      toString value;

  words = name: list: lib.optionalAttrs (list != [ ]) { ${name} = builtins.concatStringsSep " " list; };

  unitSection =
    def:
    section (
      lib.optionalAttrs (def.description != null) { Description = def.description; }
      // words "Requires" def.requires
      // words "Wants" def.wants
      // words "After" def.after
      // words "Before" def.before
      // words "BindsTo" def.bindsTo
      // words "PartOf" def.partOf
      // def.unitConfig
    );

  unit = def: own: "[Unit]\n${unitSection def}${own}";
in
{
  service =
    def:
    unit def (
      "\n[Service]\n"
      + lib.concatStrings (
        lib.mapAttrsToList (name: value: "Environment=${builtins.toJSON "${name}=${value}"}\n") (
          lib.filterAttrs (_: value: value != null) def.environment
        )
      )
      + section def.serviceConfig
    );
  socket =
    def:
    unit def (
      "\n[Socket]\n"
      + section def.socketConfig
      + lib.concatStrings (map (address: "ListenStream=${address}\n") def.listenStreams)
      + lib.concatStrings (map (address: "ListenDatagram=${address}\n") def.listenDatagrams)
    );
  target = def: unit def "";
}
