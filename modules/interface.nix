# Options of an interface: the keys that stand at the top of wgns.toml(5) or in one of its [[interfaces]].
{ lib, options, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    interfaceName = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "wg0";
      description = ''
        The interface's name inside, at most 15 bytes. The default is the namespace's name; in
        {option}`interfaces` it has to be given.
      '';
    };

    ips = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "10.64.0.2/32" "fd00:64::2/128" ];
      description = "The interface's addresses, each with its prefix length.";
    };

    privateKeyFile = mkOption {
      type = types.nullOr types.str;
      example = "/run/agenix/vpn-key";
      description = ''
        File whose first line is the private key, as `wgns genkey` prints it. The unit takes it by `LoadCredential=`, so it
        has to be readable by root only, and is read when the unit starts. `credential:NAME` names a credential that the
        unit has by other means.
      '';
    };

    listenPort = mkOption {
      type = types.nullOr (types.ints.between 1 65535);
      default = null;
      example = 51820;
      description = "UDP port on the outside. By default WireGuard chooses one.";
    };

    mtu = mkOption {
      type = types.nullOr (types.ints.between 576 65535);
      default = null;
      example = 1380;
      description = ''
        MTU of the interface in bytes; IPv6 needs 1280. By default that of the route to the endpoint less 80 bytes,
        and 1420 where there is no route.
      '';
    };

    fwMark = mkOption {
      type = types.nullOr (types.either types.ints.u32 types.str);
      default = null;
      example = "0x6e6978";
      description = "Mark of the encrypted packets outside: an integer, `0x` and digits, or `off`. None by default.";
    };

    allowedIPsAsRoutes = mkOption {
      type = types.bool;
      default = true;
      description = "Whether each of the peers' {option}`allowedIPs` becomes a route by this interface.";
    };

    engine = mkOption {
      type = types.enum [ "auto" "kernel" "embedded" "wireguard-go" ];
      default = "auto";
      description = "Who runs the WireGuard protocol. `auto`: the kernel where it can, else wgns itself, as with `embedded`.";
    };

    peers = mkOption {
      type = types.listOf (types.submodule (import ./peer.nix));
      default = [ ];
      description = "The interface's peers.";
    };

    # Options of the original flake that had no default have none here, and are still complained of by their names.
    undefined = mkOption {
      type = types.listOf types.str;
      internal = true;
      description = "Which options that have no default were not set.";
    };
  };

  config.undefined = lib.optional (!options.privateKeyFile.isDefined) "privateKeyFile";
}
