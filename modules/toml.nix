# What a namespace's options say in the words of wgns.toml(5), and which credentials its unit needs for that.
{ lib }:
let
  inherit (lib)
    concatMap
    filterAttrs
    hasPrefix
    mapAttrs
    optionalAttrs
    ;

  interfaceKeys = [
    "interfaceName"
    "ips"
    "privateKeyFile"
    "listenPort"
    "mtu"
    "fwMark"
    "allowedIPsAsRoutes"
    "engine"
    "peers"
  ];

  # TOML has no null, in a list as little as elsewhere.
  dropNulls =
    value:
    if builtins.isAttrs value then
      mapAttrs (_: dropNulls) (filterAttrs (_: v: v != null) value)
    else if builtins.isList value then
      map dropNulls (builtins.filter (v: v != null) value)
    else
      value;

  withoutUndefined = attrs: removeAttrs attrs (attrs.undefined ++ [ "undefined" ]);

  isFile = file: file != null && !hasPrefix "credential:" file;

  ifname = cfg: interface: if interface.interfaceName != null then interface.interfaceName else cfg.namespace_name;

  # As the program names it (HostLinkConfig.DefaultHostInterface).
  hostInterface =
    cfg:
    let
      name = cfg.namespace_name;
      short = if builtins.stringLength name <= 11 then name else builtins.substring 0 11 (builtins.hashString "sha256" name);
    in
    if cfg.hostLink.hostInterface != null then cfg.hostLink.hostInterface else "wgh-${short}";

  # A name that is no file's of a unit everywhere: systemd takes ASCII alone, and quotes and a backslash mean something.
  plainName =
    name:
    if builtins.match "[A-Za-z0-9_.@-]*" name != null then
      name
    else
      builtins.substring 0 16 (builtins.hashString "sha256" name);

  privateKeyName = name: "privateKey-${plainName name}";

  # By the peer's key and not by its place: a list that a peer was added to must not give the others another's key when
  # it is reloaded, which no credential is.
  presharedKeyName =
    name: peer: "presharedKey-${plainName name}-${builtins.substring 0 16 (builtins.hashString "sha256" peer.publicKey)}";

  reference = name: file: if isFile file then "credential:${name}" else file;

  interfaceValue =
    name: interface:
    withoutUndefined interface
    // optionalAttrs (interface ? privateKeyFile) { privateKeyFile = reference (privateKeyName name) interface.privateKeyFile; }
    // {
      peers = map (
        peer: peer // { presharedKeyFile = reference (presharedKeyName name peer) peer.presharedKeyFile; }
      ) interface.peers;
    };

  # `%` begins a specifier in a unit.
  load = name: file: "${name}:${builtins.replaceStrings [ "%" ] [ "%%" ] file}";

  interfaceCredentials =
    name: interface:
    let
      defined = withoutUndefined interface;
    in
    lib.optional (isFile (defined.privateKeyFile or null)) (load (privateKeyName name) defined.privateKeyFile)
    ++ concatMap (
      peer: lib.optional (isFile peer.presharedKeyFile) (load (presharedKeyName name peer) peer.presharedKeyFile)
    ) interface.peers;
in
rec {
  inherit
    hostInterface
    ifname
    isFile
    withoutUndefined
    ;

  # All interfaces of a namespace, whichever form they have.
  interfacesOf = cfg: if cfg.interfaces == [ ] then [ cfg ] else cfg.interfaces;

  # The text of its file, as a value of pkgs.formats.toml.
  value =
    cfg:
    let
      own = removeAttrs (withoutUndefined cfg) (
        [
          "enable"
          "package"
          "namespaces"
        ]
        ++ lib.optional (cfg.publish == [ ]) "publish"
        ++ lib.optional (!cfg.hostLink.enable) "hostLink"
        ++ lib.optional (builtins.all (list: list == [ ]) (builtins.attrValues cfg.hooks)) "hooks"
      );
    in
    dropNulls (
      if cfg.interfaces == [ ] then
        removeAttrs (interfaceValue (ifname cfg cfg) (own // { undefined = [ ]; })) [ "interfaces" ]
      else
        removeAttrs own interfaceKeys // { interfaces = map (i: interfaceValue (ifname cfg i) i) cfg.interfaces; }
    );

  # NAME:PATH for each LoadCredential= of its unit.
  credentials = cfg: concatMap (i: interfaceCredentials (ifname cfg i) i) (interfacesOf cfg);
}
