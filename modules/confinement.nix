# systemd.services.<name>.wireguardNamespace and systemd.sockets.<name>.wireguardNamespace.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;

  view = import ./view.nix { inherit lib; };
  cfg = config.services.wireguard-namespace;

  option = mkOption {
    type = types.nullOr types.str;
    default = null;
    example = "vpn";
    description = ''
      The namespace of {option}`services.wireguard-namespace` that this unit is in: its only way out is the tunnel, its
      names are looked up there, and nothing of the host's {file}`/run` is seen that leads to a daemon outside.
    '';
  };

  # A second declaration of NixOS' own option: the two become one.
  confinable = mkOption {
    type = types.attrsOf (types.submodule { options.wireguardNamespace = option; });
  };

  namespaces = builtins.filter (namespace: namespace.enable) ([ cfg ] ++ builtins.attrValues cfg.namespaces);
  names = map (namespace: namespace.namespace_name) namespaces;

  publishUnits = import ./publish-units.nix {
    inherit lib;
    program = "${cfg.package}/bin/wgns";
  };
  # Those of which nothing is complained: units cannot be made of the others.
  published = lib.concatMap (
    namespace:
    map (publishUnits namespace.namespace_name) (builtins.filter addresses.isWhole namespace.publish)
  ) namespaces;
  addresses = import ./addresses.nix { inherit lib; };

  confined = lib.filterAttrs (_: unit: unit.wireguardNamespace != null);
  # As they are said to be. To these come instances of such a template: they have its drop-ins.
  said = confined config.systemd.services;
  services = confined (lib.mapAttrs withTemplate config.systemd.services);
  withTemplate =
    unit: def:
    let
      parts = builtins.match "([^@]*@).+" unit;
      hasTemplate = parts != null && config.systemd.services ? ${builtins.head parts};
      template = config.systemd.services.${builtins.head parts};
      # One that is no drop-in is a file in the place of the template's.
      hasSettings = hasTemplate && def.overrideStrategy == "asDropin";
    in
    {
      wireguardNamespace = if def.wireguardNamespace == null && hasTemplate then template.wireguardNamespace else def.wireguardNamespace;
      before = lib.optionals hasSettings template.before ++ def.before;
      serviceConfig =
        if hasSettings then
          builtins.zipAttrsWith (_: lib.concatMap lib.toList) [
            template.serviceConfig
            def.serviceConfig
          ]
        else
          def.serviceConfig;
      unitConfig = lib.optionalAttrs hasSettings template.unitConfig // def.unitConfig;
    };
  sockets = confined config.systemd.sockets;

  # Beside what the unit says itself and not mixed with it: there a setting may be a string or a list, and the two
  # cannot be added to each other.
  dropIn = unit: text: file "${unit}.d/zz-wgns.conf" text;

  # The name of a unit may hold what none in the store can.
  file =
    path: text:
    pkgs.writeTextFile {
      name = "wgns-unit";
      destination = "/etc/systemd/system/${path}";
      inherit text;
    };

  # Files that the configuration puts into /etc/netns/NAME.
  moreEtc =
    name:
    let
      prefix = "netns/${name}/";
      files = builtins.filter (lib.hasPrefix prefix) (
        lib.mapAttrsToList (name: file: file.target or name) (
          lib.filterAttrs (_: file: file.enable or true) config.environment.etc
        )
      );
      first = path: builtins.head (builtins.split "/" (lib.removePrefix prefix path));
    in
    lib.unique (
      builtins.filter (
        file:
        !builtins.elem file [
          "resolv.conf"
          "nsswitch.conf"
        ]
      ) (map first files)
    );

  unknown =
    kind: units:
    lib.concatMap (
      unit:
      let
        name = units.${unit}.wireguardNamespace;
      in
      lib.optional (!builtins.elem name names) {
        assertion = false;
        message = "systemd.${kind}.${unit}.wireguardNamespace is \"${name}\", and there is no such namespace: ${
          if names == [ ] then
            "services.wireguard-namespace has none"
          else
            "use one of ${builtins.concatStringsSep ", " names}"
        }, or add services.wireguard-namespace.namespaces.${name}.";
      }
    ) (builtins.attrNames units);

  # wgns's own stand outside, or say themselves where they are: inside, the tunnel's socket would have the tunnel for its only way out.
  ownPrefixes = [
    "wgns@"
    "wgns-netns@"
    "wgns-etc@"
    "wgns-close@"
    "wgns-closed@"
    "wgns-publish-"
    "wgns-hook-"
  ];
  own =
    kind: units:
    lib.concatMap (
      unit:
      lib.optional (unit == "wgns-nscd" || builtins.any (prefix: lib.hasPrefix prefix unit) ownPrefixes) {
        assertion = false;
        message = "systemd.${kind}.${unit}.wireguardNamespace: ${unit} is a unit of wgns's own, which would have the tunnel for its only way to the tunnel's other end; take it away.";
      }
    ) (builtins.attrNames units);

  checks = import ./checks/confinement.nix { inherit config lib services sockets; };
in
{
  options.systemd.services = confinable;
  options.systemd.sockets = confinable;

  config = {
    assertions = unknown "services" said ++ unknown "sockets" sockets ++ own "services" said ++ own "sockets" sockets ++ checks.assertions;
    inherit (checks) warnings;

    systemd.packages =
      lib.mapAttrsToList (
        unit: def:
        dropIn "${unit}.service" (
          view.service {
            name = def.wireguardNamespace;
            settings = def.serviceConfig;
            inherit (def) before;
            moreEtc = moreEtc def.wireguardNamespace;
          }
        )
      ) services
      ++ lib.mapAttrsToList (
        unit: def: dropIn "${unit}.socket" (view.socket { name = def.wireguardNamespace; })
      ) sockets
      ++ lib.concatMap (units: [
        (file "${units.stem}.socket" units.socket)
        (file "${units.stem}.service" units.service)
      ]) published;

    systemd.sockets = builtins.listToAttrs (
      map (
        units:
        lib.nameValuePair units.stem {
          overrideStrategy = "asDropin";
          inherit (units) wantedBy;
        }
      ) published
    );
  };
}
