# What of the namespaces' options is no mistake and still not what somebody wants.
{
  lib,
  toml,
  words,
}:
nodes:
let
  inherit (lib) concatMap optional;
  inherit (words) interfacesOf peersOf;

  inStore = text: lib.hasPrefix "${builtins.storeDir}/" text;

  storeWarnings =
    interface:
    let
      key = (toml.withoutUndefined interface.value).privateKeyFile or null;
      ofFile =
        path: file:
        optional (file != null && inStore file)
          "${path} is in the Nix store, which every user of this machine can read: name a file that is kept outside of it (a string and not a path; agenix and sops-nix give one).";
    in
    ofFile "${interface.path}.privateKeyFile" key
    ++ concatMap (
      peer:
      ofFile "${peer.path}.presharedKeyFile" peer.value.presharedKeyFile
      ++ optional (peer.value.presharedKey != null)
        "${peer.path}.presharedKey ends up in the Nix store, which every user of this machine can read: use ${peer.path}.presharedKeyFile."
    ) (peersOf interface);

  nodeWarnings =
    node:
    concatMap storeWarnings (interfacesOf node)
    # It looks for what is between the last `@` and the first `.` after it (TEMPLATE_UNIT_RE of nixpkgs' switch-to-configuration-ng).
    ++ optional (builtins.match ".*[.@].*" node.cfg.namespace_name != null)
      "${node.path}.namespace_name is \"${node.cfg.namespace_name}\": a switch of NixOS does not take wgns@${node.cfg.namespace_name}.service for an instance of wgns@.service, and neither reloads nor stops it: use a name without '.' and '@', or do that yourself."
    ++ optional (builtins.any (word: lib.hasInfix word node.cfg.extraFirewallRules) [ "my_table" "my_input" "my_output" "my_forward" ])
      "${node.path}.extraFirewallRules names my_table or one of its chains, which are not there any more: the table is `inet wgns`, its chains are input, forward and output.";
in
concatMap nodeWarnings nodes
