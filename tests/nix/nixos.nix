# Stand-ins for the options of NixOS that modules/ sets, as nixos/lib/systemd-unit-options.nix and its like have them.
{ lib, pkgs, ... }:
let
  inherit (lib) mkOption types;

  list = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  text = mkOption {
    type = types.nullOr types.str;
    default = null;
  };
  anything = mkOption {
    type = types.attrsOf types.raw;
    default = { };
  };
  raws = mkOption {
    type = types.listOf types.raw;
    default = [ ];
  };
  flag =
    default:
    mkOption {
      type = types.bool;
      inherit default;
    };

  secrets =
    options:
    mkOption {
      type = types.attrsOf (types.submodule { options = { path = text; } // options; });
      default = { };
    };

  unit = {
    options = {
      enable = flag true;
      overrideStrategy = mkOption {
        type = types.enum [ "asDropin" "asDropinIfExists" ];
        default = "asDropinIfExists";
      };
      description = text;
      requires = list;
      wants = list;
      after = list;
      before = list;
      bindsTo = list;
      partOf = list;
      wantedBy = list;
      requiredBy = list;
      unitConfig = anything;
      restartTriggers = raws;
      reloadTriggers = raws;
      stopIfChanged = flag true;
      restartIfChanged = flag true;
    };
  };

  units =
    options:
    mkOption {
      type = types.attrsOf (
        types.submodule {
          imports = [ unit ];
          inherit options;
        }
      );
      default = { };
    };
in
{
  options = {
    assertions = raws;
    warnings = list;
    boot.kernelModules = list;
    environment.systemPackages = raws;
    environment.etc = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            inherit text;
            mode = text;
            source = mkOption {
              type = types.nullOr types.raw;
              default = null;
            };
          };
        }
      );
      default = { };
    };
    system.etc.overlay.enable = flag false;
    system.etc.overlay.mutable = flag true;
    system.nssModules = raws;
    boot.initrd.systemd.enable = flag false;
    systemd.sysusers.enable = flag false;
    users.mutableUsers = flag true;
    services.nscd.enable = flag true;
    networking.dhcpcd.denyInterfaces = list;
    # What agenix and sops-nix give to a configuration.
    age.secrets = secrets { file = text; };
    sops.secrets = secrets { restartUnits = list; };

    systemd.package = mkOption {
      type = types.package;
      default = pkgs.systemd;
    };
    systemd.packages = raws;
    systemd.targets = units { };
    systemd.sockets = units {
      listenStreams = list;
      listenDatagrams = list;
      socketConfig = anything;
    };
    systemd.services = units {
      path = raws;
      environment = anything;
      serviceConfig = anything;
      script = mkOption {
        type = types.str;
        default = "";
      };
    };
  };
}
