# Options of a namespace's link to the host: the keys of the [hostLink] table, in wgns.toml(5).
{ config, lib, ... }:
let
  inherit (lib) mkOption types;

  interface =
    description:
    mkOption {
      type = types.nullOr types.str;
      default = null;
      inherit description;
    };

  addresses =
    example: description:
    mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ example ];
      inherit description;
    };
in
{
  options = {
    enable = mkOption {
      type = types.bool;
      # As the table of the file, of which the default is true.
      default = config.hostInterface != null || config.nsInterface != null || config.hostAddresses != [ ] || config.nsAddresses != [ ];
      defaultText = lib.literalMD "whether another of its options is set";
      description = ''
        Whether there is a pair of interfaces between the host and the namespace. By it the host reaches the ports of
        {option}`publish` inside, and nothing is reached from inside.
      '';
    };

    hostInterface = interface "The host's end. By default `wgh-` and the namespace's name, or where that is too long a hash of it.";
    nsInterface = interface "The end inside. By default `host0`.";
    hostAddresses = addresses "10.200.0.1/30" "Of the host's end. By default, with {option}`nsAddresses`, a /30 of 198.18.0.0/15 that is free.";
    nsAddresses = addresses "10.200.0.2/30" "Of the end inside, in the networks of {option}`hostAddresses`.";
  };
}
