# Options of a namespace's hooks: the keys of the [hooks] table, in wgns.toml(5).
{ lib, ... }:
let
  inherit (lib) mkOption types;

  hook = {
    options = {
      command = mkOption {
        type = types.str;
        example = lib.literalExpression ''"''${pkgs.util-linux}/bin/logger tunnel up"'';
        description = ''
          What {file}`/bin/sh` runs, as root and in a unit of its own ({file}`wgns-hook-NAME.service`); `WGNS_NAMESPACE` and
          `WGNS_INTERFACE` are set. Programs are looked for in {option}`systemd.services."wgns@NAME".path` alone, whichever unit runs it. It ends up in the Nix store,
          which every user of the machine can read.
        '';
      };

      where = mkOption {
        type = types.enum [ "host" "namespace" ];
        default = "namespace";
        description = "The network that it runs in: that of the namespace, or the machine's own.";
      };
    };
  };

  list =
    description:
    mkOption {
      type = types.listOf (types.submodule hook);
      default = [ ];
      inherit description;
    };
in
{
  options = {
    preUp = list "Run in the closed namespace, before its interface is made. One that fails stops the start.";
    postUp = list "Run when the interface is up. One that fails takes everything back.";
    preDown = list "Run before the interface goes; one that fails is reported.";
    postDown = list "Run when the interface is gone; one that fails is reported.";
  };
}
