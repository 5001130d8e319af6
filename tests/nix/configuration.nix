# What one configuration of NixOS comes to, in JSON's values: units as texts, files, and what is complained of.
{ lib }:
let
  pkgs = import ./pkgs.nix;
  render = import ./render.nix { inherit lib; };

  named = kind: set: lib.mapAttrs' (name: lib.nameValuePair "${name}.${kind}") set;
  dropinOrUnit =
    renderOne: name: def:
    lib.nameValuePair (if def.overrideStrategy == "asDropin" then "${name}.d/overrides.conf" else name) {
      text = renderOne def;
      inherit (def)
        wantedBy
        requiredBy
        stopIfChanged
        restartIfChanged
        ;
      path = map toString (def.path or [ ]);
      reloads = map toString def.reloadTriggers;
      restarts = map toString def.restartTriggers;
    };
in
rec {
  evaluateWith =
    {
      args ? { },
      # Whether options that are not declared are no mistake.
      lenient ? false,
    }:
    module:
    let
      evaluated = lib.evalModules {
        modules = [
          ./nixos.nix
          ../../modules
          module
        ]
        # nixpkgs' own lib looks for unknown options by itself, the stand-in when it is asked to.
        ++ lib.optional (lenient && !(lib ? isStandIn)) { _module.check = false; };
        specialArgs = { inherit pkgs; } // args;
      };
    in
    if lenient then evaluated else builtins.seq (evaluated.check or true) evaluated;

  evaluate = evaluateWith { };

  result = module: summary (evaluate module);

  summary =
    { config, ... }:
    let
      files = config.environment.etc;
      isToml = file: builtins.isAttrs (file.source or null) && file.source ? value;
      isText = file: file.text or null != null;
    in
    {
      errors = map (a: a.message) (builtins.filter (a: !a.assertion) config.assertions);
      inherit (config) warnings;
      toml = lib.mapAttrs (_: file: file.source.value) (lib.filterAttrs (_: isToml) files);
      etc = lib.mapAttrs (_: file: file.text) (lib.filterAttrs (_: isText) files);
      units =
        lib.mapAttrs' (dropinOrUnit render.service) (named "service" config.systemd.services)
        // lib.mapAttrs' (dropinOrUnit render.socket) (named "socket" config.systemd.sockets)
        // lib.mapAttrs' (dropinOrUnit render.target) (named "target" config.systemd.targets);
      unitPackages = map toString (builtins.filter (p: !(p ? text)) config.systemd.packages);
      # By their names in /etc/systemd/system: drop-ins, and whole units.
      unitFiles = builtins.listToAttrs (
        map (p: lib.nameValuePair (lib.removePrefix "/etc/systemd/system/" p.destination) p.text) (builtins.filter (p: p ? text) config.systemd.packages)
      );
      # Two module systems may put the definitions of two modules in different orders.
      programs = builtins.sort builtins.lessThan (map toString config.environment.systemPackages);
      inherit (config.boot) kernelModules;
      inherit (config.networking.dhcpcd) denyInterfaces;
    };

  # Whether it can be evaluated at all and is complained of nowhere.
  isAccepted =
    module:
    let
      outcome = result module;
      attempt = builtins.tryEval (builtins.deepSeq outcome (outcome.errors == [ ]));
    in
    attempt.success && attempt.value;
}
