# For each option that is a number, which of some telling values the module takes. The configuration reader is asked the
# same, and both must agree.
{ lib }:
let
  inherit (import ./configuration.nix { inherit lib; }) isAccepted;

  values = [ (-1) 0 1 575 576 65535 65536 86400 86401 31536000 31536001 4294967295 4294967296 ];

  with' = settings: peer: {
    services.wireguard-namespace = {
      dns_server = "10.64.0.1";
      ips = [ "10.64.0.2/32" ];
      privateKeyFile = "/run/keys/vpn";
      peers = [
        (
          {
            publicKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
            allowedIPs = [ "0.0.0.0/0" ];
          }
          // peer
        )
      ];
    } // settings;
  };
  probe = make: builtins.filter (value: isAccepted (make value)) values;
in
{
  inherit values;
  accepted =
    lib.mapAttrs (key: _: probe (value: with' { ${key} = value; } { })) {
      listenPort = null;
      mtu = null;
      fwMark = null;
      readyTimeout = null;
    }
    // lib.mapAttrs (key: _: probe (value: with' { } { ${key} = value; })) {
      dynamicEndpointRefreshSeconds = null;
      persistentKeepalive = null;
    }
    // lib.mapAttrs (key: _: probe (value: with' { publish = [ ({ listen = 80; } // { ${key} = value; }) ]; } { })) {
      listen = null;
      connect = null;
      idle = null;
    };
}
