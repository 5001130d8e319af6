# services.wireguard-namespace: network namespaces whose only way out is WireGuard.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    listToAttrs
    mkIf
    mkOption
    nameValuePair
    types
    ;

  cfg = config.services.wireguard-namespace;
  toml = import ./toml.nix { inherit lib; };
  dns = import ./dns.nix { inherit lib; };

  # What wgns would write below /etc is made here where nobody can write there.
  immutableEtc = (config.system.etc.overlay.enable or false) && !(config.system.etc.overlay.mutable or true);

  naming =
    default: defaultText:
    {
      namespace_name = mkOption {
        type = types.str;
        inherit default defaultText;
        description = ''
          The namespace's name under {file}`/run/netns`, and of its units {file}`wgns@NAME.service` and
          {file}`wgns-netns@NAME.service`: at most 64 letters, digits, `-`, `_`, `.` and `@`.
        '';
      };

      dnsFiles = mkOption {
        type = types.enum [ "write" "keep" ];
        default = if immutableEtc then "keep" else "write";
        defaultText = lib.literalMD ''`"keep"` where {file}`/etc` is immutable, else `"write"`'';
        description = ''
          `write`: wgns writes {file}`resolv.conf` and {file}`nsswitch.conf` into {file}`/etc/netns/NAME`, and running
          services see a changed {option}`dns_server`. `keep`: they come from {option}`environment.etc`.
        '';
      };
    };

  namespaceModule =
    { name, ... }:
    {
      imports = [ ./namespace.nix ];
      options = naming name (lib.literalMD "the attribute's name") // {
        enable = mkOption {
          type = types.bool;
          default = true;
          description = "Whether to make this namespace.";
        };
      };
    };

  topModule =
    { config, ... }:
    {
      imports = [ ./namespace.nix ];
      options = naming "vpn" (lib.literalExpression ''"vpn"'') // {
        enable = mkOption {
          type = types.bool;
          default = config.peers != [ ] || config.interfaces != [ ];
          defaultText = lib.literalMD "whether there are peers";
          description = "Whether to make the namespace that the options beside this one describe.";
        };

        package = mkOption {
          type = types.package;
          default = pkgs.wgns or (pkgs.callPackage ../nix/package.nix { });
          defaultText = lib.literalExpression "pkgs.wgns";
          description = "The package that the program and its units come from.";
        };

        namespaces = mkOption {
          type = types.attrsOf (types.submodule namespaceModule);
          default = { };
          description = "More namespaces. Each has the options that stand beside this one.";
        };
      };
    };

  here = "services.wireguard-namespace";
  nodes =
    lib.optional cfg.enable {
      path = here;
      inherit cfg;
    }
    ++ builtins.filter (node: node.cfg.enable) (
      lib.mapAttrsToList (name: cfg: {
        path = "${here}.namespaces.${name}";
        inherit cfg;
      }) cfg.namespaces
    );
  checks = import ./checks { inherit lib toml; } nodes;

  perNode = make: listToAttrs (lib.concatMap (node: make node.cfg) nodes);

  fileOf = cfg: (pkgs.formats.toml { }).generate "${cfg.namespace_name}.toml" (toml.value cfg);

  usesGo = cfg: builtins.any (i: i.engine == "wireguard-go") (toml.interfacesOf cfg);
  usesKernel = cfg: builtins.any (i: builtins.elem i.engine [ "auto" "kernel" ]) (toml.interfacesOf cfg);
in
{
  imports = [ ./confinement.nix ];

  options.services.wireguard-namespace = mkOption {
    type = types.submodule topModule;
    default = { };
    description = "Network namespaces whose only way out is a WireGuard interface.";
  };

  config = mkIf (nodes != [ ]) {
    inherit (checks) assertions warnings;

    environment.systemPackages = [ cfg.package ];
    environment.etc = perNode (
      cfg:
      [ (nameValuePair "wgns/${cfg.namespace_name}.toml" { source = fileOf cfg; }) ]
      ++ lib.optionals (cfg.dnsFiles == "keep") [
        (nameValuePair "netns/${cfg.namespace_name}/resolv.conf" { text = dns.resolvConf (toml.withoutUndefined cfg); })
        (nameValuePair "netns/${cfg.namespace_name}/nsswitch.conf" { text = dns.nsswitchConf cfg; })
      ]
    );

    boot.kernelModules = lib.optional (builtins.any (node: usesKernel node.cfg) nodes) "wireguard";

    # NixOS' usual DHCP client takes every veth for a way to a server. Without one it gives it an address of its own, for which the
    # supervisor makes the link anew, and routes.
    networking.dhcpcd.denyInterfaces = map (node: toml.hostInterface node.cfg) (builtins.filter (node: node.cfg.hostLink.enable) nodes);

    # A namespace that is taken out of the configuration, while others stay, is stopped and started by a switch: then there
    # is nothing to start, and that is no failure.
    systemd.packages = [
      cfg.package
    ]
    ++ map (
      template:
      pkgs.writeTextFile {
        name = "wgns-unit";
        destination = "/etc/systemd/system/${template}.d/50-configured.conf";
        text = ''
          [Unit]
          ConditionPathExists=/etc/wgns/%i.toml
        '';
      }
    ) [
      "wgns@.service"
      "wgns-close@.service"
      "wgns-netns@.service"
    ];

    # `systemctl stop wgns.target` closes every tunnel.
    systemd.targets.wgns = {
      overrideStrategy = "asDropin";
      wantedBy = [ "multi-user.target" ];
    };

    # Users of systemd's and sssd's are found by nscd alone, whose socket the confined do not see: a filter stands there.
    systemd.sockets = mkIf config.services.nscd.enable {
      wgns-nscd = {
        overrideStrategy = "asDropin";
        wantedBy = [ "sockets.target" ];
      };
    };

    systemd.services = perNode (cfg: [
      (nameValuePair "wgns@${cfg.namespace_name}" {
        overrideStrategy = "asDropin";
        wantedBy = [
          "multi-user.target"
          "wgns.target"
        ];
        # Read anew, session by session; the tunnel stays.
        reloadTriggers = [ (fileOf cfg) ];
        # Restarted for another program or other key files, in one step: a stop would close the tunnel.
        stopIfChanged = false;
        path = lib.optional (usesGo cfg) pkgs.wireguard-go;
        serviceConfig.LoadCredential = toml.credentials cfg;
      })
      (nameValuePair "wgns-netns@${cfg.namespace_name}" {
        overrideStrategy = "asDropin";
        # It does nothing once the namespace stands, and stopping it stops every service inside.
        restartIfChanged = false;
      })
      (nameValuePair "wgns-close@${cfg.namespace_name}" {
        overrideStrategy = "asDropin";
        # It does nothing until it is stopped, and that closes the tunnel of a supervisor that crashed.
        restartIfChanged = false;
        inherit (config.systemd.services."wgns@${cfg.namespace_name}") path;
      })
      # Hooks of a tunnel that it or the one above closes find what they find in the tunnel's own unit.
      (nameValuePair "wgns-closed@${cfg.namespace_name}" {
        overrideStrategy = "asDropin";
        restartIfChanged = false;
        inherit (config.systemd.services."wgns@${cfg.namespace_name}") path;
      })
    ]);
  };
}
