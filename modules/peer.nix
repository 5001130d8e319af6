# Options of a peer: the keys of a [[peers]] table, in wgns.toml(5).
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    publicKey = mkOption {
      type = types.str;
      example = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
      description = "The peer's public key: 44 characters of base64.";
    };

    presharedKey = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "rVXs/Ni9tu3oDBLS4hOyAUAa1qTWVA3loR8eL20os3I=";
      description = ''
        The preshared key itself. It ends up in the Nix store, which every user of the machine can read:
        use {option}`presharedKeyFile` instead.
      '';
    };

    presharedKeyFile = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "/run/agenix/vpn-psk";
      description = ''
        File whose first line is the preshared key, as `wgns genpsk` prints it. The unit takes it by `LoadCredential=`,
        so it has to be readable by root only, and is read when the unit starts.
      '';
    };

    allowedIPs = mkOption {
      type = types.listOf types.str;
      example = [ "0.0.0.0/0" "::/0" ];
      description = ''
        Networks that packets may go to and come from by this peer, IPv4 or IPv6 with prefix length.
        `0.0.0.0/0` and `::/0` are everything.
      '';
    };

    routes = mkOption {
      type = types.nullOr (types.listOf types.str);
      default = null;
      example = [ "10.0.0.0/8" ];
      description = ''
        Networks that are routed to this peer's interface, whatever {option}`allowedIPsAsRoutes` says. By default that
        decides.
      '';
    };

    endpoint = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "vpn.example.net:51820";
      description = ''
        `host:port` or `[IPv6 address]:port` of the peer. A name is looked up outside the namespace, again and again until
        there is an answer. Without an endpoint the peer has to call first.
      '';
    };

    dynamicEndpointRefreshSeconds = mkOption {
      type = types.int;
      default = 0;
      example = 300;
      description = ''
        After how many seconds the endpoint's name is looked up again, 0 to 31536000. 0: only when the tunnel has gone stale.
      '';
    };

    persistentKeepalive = mkOption {
      type = types.nullOr types.int;
      default = null;
      example = 25;
      description = ''
        Seconds between packets that keep a NAT's mapping open, 0 to 65535. Off by default.
      '';
    };
  };
}
