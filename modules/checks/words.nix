# What the checks have in common: how they complain, and where things are.
{ lib, syntax }:
rec {
  fail = message: {
    assertion = false;
    inherit message;
  };
  failIf = wrong: message: lib.optional wrong (fail message);

  # Each item of a list with its option's path.
  each =
    path: list:
    lib.imap0 (i: value: {
      path = "${path}.${toString i}";
      inherit value;
    }) list;

  interfacesOf =
    node:
    if node.cfg.interfaces == [ ] then
      [
        {
          inherit (node) path;
          value = node.cfg;
        }
      ]
    else
      each "${node.path}.interfaces" node.cfg.interfaces;
  peersOf = interface: each "${interface.path}.peers" interface.value.peers;
  publishedBy = node: each "${node.path}.publish" node.cfg.publish;

  # Whether the name of an interface cannot stand in a rule. One that is a namespace's can.
  hasUnruly =
    node:
    builtins.any (
      { value, ... }: value.interfaceName != null && !syntax.canStandInRule value.interfaceName
    ) (interfacesOf node);

  hasKey = value: !builtins.elem "privateKeyFile" value.undefined && value.privateKeyFile != null;
  serversOf = cfg: lib.optionals (!builtins.elem "dns_server" cfg.undefined) (lib.toList cfg.dns_server);

  # The networks of a list, without what is none and is complained of already.
  networksOf = texts: builtins.filter (network: network != null) (map syntax.network texts);

  # What a peer has routed to its interface.
  routesOf =
    interface: peer:
    if peer.routes != null then
      peer.routes
    else
      lib.optionals interface.allowedIPsAsRoutes peer.allowedIPs;

  # Each two of a list.
  pairs =
    list:
    lib.concatMap (i: map (b: { a = builtins.elemAt list i; inherit b; }) (after i list)) (
      builtins.genList (i: i) (builtins.length list)
    );
  after = i: list: builtins.genList (j: builtins.elemAt list (i + 1 + j)) (builtins.length list - i - 1);

  # Each value that stands at more than one place, with these places.
  twice =
    places:
    builtins.filter (group: builtins.length group.paths > 1) (
      lib.mapAttrsToList (value: group: {
        inherit value;
        paths = map (place: place.path) group;
      }) (builtins.groupBy (place: place.value) places)
    );
  andOf = lib.concatMapStringsSep " and " (path: path);

  range =
    path: value: least: most: unit:
    failIf (value != null && (value < least || value > most))
      "${path} is ${toString value}: it must be ${toString least} to ${toString most}${unit}.";

  networks =
    path: values:
    lib.concatMap (
      value:
      failIf (!syntax.isNetwork value) (
        if syntax.isAddress (builtins.head (builtins.split "/" value)) then
          "${path} has \"${value}\", whose prefix is too long or no number: it is 0 to 32 for IPv4 and 0 to 128 for IPv6."
        else
          "${path} has \"${value}\", which is no IPv4 or IPv6 address: write it with the length of its prefix, as 10.64.0.2/32 or ::/0."
      )
    ) values;

  keyFile =
    path: file: command:
    let
      credential = builtins.match "credential:(.*)" file;
      # Never to be said, nor to be in a unit's text: also with the end of its line, as builtins.readFile gives it.
      words = builtins.filter (word: builtins.isString word && word != "") (builtins.split "[[:space:]]+" file);
      isKey = builtins.length words == 1 && syntax.isKey (builtins.head words);
    in
    failIf isKey "${path} is a key and not the path of a file with one: put the key into a file that root alone can read (`${command}` makes one) and name the file."
    ++ failIf (credential != null && !syntax.isCredentialName (builtins.head credential))
      "${path} is \"${file}\", whose name systemd takes for no credential: use 1 to 255 printable characters of ASCII without '/' and ':'."
    ++ failIf (!isKey && !lib.hasPrefix "/" file && credential == null)
      "${path} is \"${file}\", which is no absolute path: name the file from the root on, or a credential of the unit as credential:NAME.";
}
