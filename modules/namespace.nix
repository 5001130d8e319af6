# Options of a namespace: the keys of wgns.toml(5). For services.wireguard-namespace itself, and for each of its
# `namespaces`.
{ lib, options, ... }:
let
  inherit (lib) mkOption types;
in
{
  imports = [ ./interface.nix ];

  options = {
    dns_server = mkOption {
      type = types.either types.str (types.listOf types.str);
      example = [ "10.64.0.1" "fd00:64::1" ];
      description = ''
        Addresses of the resolvers that programs inside ask, through the tunnel. With `[ ]` nothing inside can look up a
        name: port 53 is rejected.
      '';
    };

    managed = mkOption {
      type = types.bool;
      default = true;
      description = ''
        Whether wgns makes the namespace. `false` builds into one that another unit makes, which has to be ordered before
        {file}`wgns-netns@NAME.service`, and leaves it as it was.
      '';
    };

    birthplaceNamespace = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "outer";
      description = ''
        The network namespace that the tunnel's UDP socket is in and its endpoints are looked up from: a name under
        {file}`/run/netns`, or an absolute path. By default the one that wgns runs in.
      '';
    };

    dnsSearch = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "corp.example.net" ];
      description = "Search domains of {manpage}`resolv.conf(5)`.";
    };

    dnsEnforcement = mkOption {
      type = types.nullOr (types.enum [ "redirect" "reject" "off" ]);
      default = null;
      example = "reject";
      description = ''
        What becomes of lookups that a program sends to another server: `redirect` has them answered by the first
        {option}`dns_server` of their family, `reject` refuses them, and DNS over TLS besides. The default is `redirect`, and
        `off` where a {option}`dns_server` is on the loopback.
      '';
    };

    extraFirewallRules = mkOption {
      type = types.str;
      default = "";
      example = "add rule inet wgns input tcp dport 51413 accept";
      description = ''
        Rules in the language of {manpage}`nft(8)`, loaded after the default ones in one transaction with them. The
        default ones are `table inet wgns` with the chains `input`, `forward` and `output`.
      '';
    };

    ready = mkOption {
      type = types.enum [ "handshake" "all" "configured" ];
      default = "handshake";
      description = ''
        What the unit waits for before it is started: one peer of each interface has shaken hands, every peer of every
        interface has, or nothing.
      '';
    };

    readyTimeout = mkOption {
      type = types.ints.between 1 86400;
      default = 60;
      description = "How many seconds it waits; after that it is started all the same, and its status says what is missing.";
    };

    readyRequired = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the unit fails after {option}`readyTimeout` instead.";
    };

    interfaces = mkOption {
      type = types.listOf (types.submodule (import ./interface.nix));
      default = [ ];
      description = ''
        The long form, for more than one interface. The options of an interface must then not be set beside it.
      '';
    };
  };

  options.publish = mkOption {
    type = types.listOf (types.submodule (import ./publish.nix));
    default = [ ];
    example = [ { listen = "127.0.0.1:9091"; } ];
    description = "Sockets of the host that lead to services inside: the way back in.";
  };

  options.hostLink = mkOption {
    type = types.submodule (import ./host-link.nix);
    default = { };
    example.enable = true;
    description = "A pair of interfaces between the host and the namespace, for talking to services inside.";
  };

  options.hooks = mkOption {
    type = types.submodule (import ./hooks.nix);
    default = { };
    example = lib.literalExpression ''
      { postUp = [ { command = "''${pkgs.util-linux}/bin/logger tunnel up"; where = "host"; } ]; }
    '';
    description = "Commands that run when the tunnel is made, and when it is closed.";
  };

  config.undefined = lib.optional (!options.dns_server.isDefined) "dns_server";
}
