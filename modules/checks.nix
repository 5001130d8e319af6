# What is wrong with the namespaces' options: assertions and warnings, each with the option's whole path and the cure.
# Only what wgns cannot say before a switch, or says of the generated file; `wgns check` says the rest.
{ lib, toml }:
nodes:
let
  addresses = import ./addresses.nix { inherit lib; };

  inherit (lib)
    concatMap
    concatMapStringsSep
    hasInfix
    hasPrefix
    imap0
    optional
    optionals
    ;

  fail = message: {
    assertion = false;
    inherit message;
  };

  failIf = wrong: message: optional wrong (fail message);

  matches = regex: text: builtins.match regex text != null;
  isKey = text: matches "[A-Za-z0-9+/]{43}=" text;
  # Where it ends in digits at all.
  endsInPort =
    text:
    let
      port = builtins.match ".*:0*([0-9]+)" text;
    in
    port == null || addresses.isPort (builtins.head port);
  inStore = text: hasPrefix "${builtins.storeDir}/" text;

  # The option's path of each interface and peer.
  interfacesOf =
    node:
    if node.cfg.interfaces == [ ] then
      [
        {
          path = node.path;
          value = node.cfg;
        }
      ]
    else
      imap0 (i: value: {
        path = "${node.path}.interfaces.${toString i}";
        inherit value;
      }) node.cfg.interfaces;
  peersOf =
    interface:
    imap0 (i: value: {
      path = "${interface.path}.peers.${toString i}";
      inherit value;
    }) interface.value.peers;

  # Each value that stands at more than one place, with these places.
  twice =
    places:
    builtins.filter (group: builtins.length group.paths > 1) (
      lib.mapAttrsToList (value: group: {
        inherit value;
        paths = map (place: place.path) group;
      }) (builtins.groupBy (place: place.value) places)
    );
  andOf = paths: concatMapStringsSep " and " (path: path) paths;

  keyFile =
    path: file: command:
    failIf (isKey file) "${path} is a key and not the path of a file with one: put the key into a file that root alone can read (`${command}` makes one) and name the file."
    ++ failIf (!isKey file && !hasPrefix "/" file && !hasPrefix "credential:" file)
      "${path} is \"${file}\", which is no absolute path: name the file from the root on, or a credential of the unit as credential:NAME.";

  nameChecks =
    { path, cfg }:
    let
      name = cfg.namespace_name;
    in
    failIf (builtins.stringLength name > 64) "${path}.namespace_name is \"${name}\", which is longer than 64 characters: shorten it."
    ++ failIf (builtins.stringLength name <= 64 && !matches "[A-Za-z0-9_@][A-Za-z0-9_@.-]*" name)
      "${path}.namespace_name is \"${name}\": use letters, digits, '-', '_', '.' and '@', and neither '-' nor '.' as the first.";

  ifnameChecks =
    node: interface:
    let
      own = interface.value.interfaceName;
      name = toml.ifname node.cfg interface.value;
      option = if own != null then "${interface.path}.interfaceName" else "${node.path}.namespace_name";
      cure = if own != null then "shorten it" else "set ${interface.path}.interfaceName";
    in
    failIf (own == null && node.cfg.interfaces != [ ]) "${interface.path}.interfaceName is not set: each of the interfaces needs a name."
    ++ failIf (builtins.stringLength name > 15) "${option} is \"${name}\", which is longer than the 15 bytes that an interface's name can have: ${cure}."
    ++ failIf (
      own != null
      && builtins.stringLength own <= 15
      && (!matches "[!-$&-.0-9;-~]+" own || builtins.elem own ([ "." ".." ] ++ kernelsOwn))
    ) "${option} is \"${own}\", which cannot be an interface's name: use letters, digits, '-', '_' and '.'."
    ++ failIf (own == null && builtins.elem name kernelsOwn)
      "${option} is \"${name}\", which cannot be an interface's name: ${cure}.";

  # The loopback's, and those of files in /proc/sys/net that stand for every interface.
  kernelsOwn = [
    "lo"
    "all"
    "default"
  ];

  range =
    path: value: least: most: unit:
    failIf (value != null && (value < least || value > most))
      "${path} is ${toString value}: it must be ${toString least} to ${toString most}${unit}.";

  networks =
    path: values:
    concatMap (
      value:
      failIf (!addresses.isNetwork value)
        "${path} has \"${value}\", which is no IPv4 or IPv6 address: write it with the length of its prefix, as 10.64.0.2/32 or ::/0."
    ) values;

  peerChecks =
    peer:
    let
      inherit (peer) path value;
    in
    failIf (!isKey value.publicKey) "${path}.publicKey is no WireGuard key: it is 44 characters of base64 that end in '='."
    ++ failIf (value.presharedKey != null && !isKey value.presharedKey)
      "${path}.presharedKey is no WireGuard key: make one with `wgns genpsk`, and name its file in ${path}.presharedKeyFile."
    ++ networks "${path}.allowedIPs" value.allowedIPs
    ++ failIf (value.presharedKey != null && value.presharedKeyFile != null) "${path}.presharedKey and ${path}.presharedKeyFile are both set: keep the file."
    ++ optionals (value.presharedKeyFile != null) (keyFile "${path}.presharedKeyFile" value.presharedKeyFile "wgns genpsk")
    ++ failIf (value.endpoint != null && !matches "([^:]+|\\[[^]]+]):[0-9]+" value.endpoint)
      "${path}.endpoint is \"${toString value.endpoint}\": write host:port, or [address]:port for IPv6."
    ++ failIf (value.endpoint != null && !endsInPort value.endpoint)
      "${path}.endpoint is \"${toString value.endpoint}\": its port must be 1 to 65535."
    ++ range "${path}.dynamicEndpointRefreshSeconds" value.dynamicEndpointRefreshSeconds 0 31536000 " seconds"
    ++ range "${path}.persistentKeepalive" value.persistentKeepalive 0 65535 " seconds";

  interfaceChecks =
    node: interface:
    let
      inherit (interface) path value;
      keyIsThere = !builtins.elem "privateKeyFile" value.undefined && value.privateKeyFile != null;
    in
    ifnameChecks node interface
    ++ failIf (value.peers == [ ]) "${path}.peers is empty: add the peer that ${path} is to reach, or set ${node.path}.enable = false."
    ++ failIf (!keyIsThere) "${path}.privateKeyFile is not set: name a file that root alone can read (`wgns genkey` makes one)."
    ++ optionals keyIsThere (keyFile "${path}.privateKeyFile" value.privateKeyFile "wgns genkey")
    ++ networks "${path}.ips" value.ips
    ++ concatMap peerChecks (peersOf interface)
    ++ map (group: fail "${andOf group.paths} have one publicKey: make them one peer with all its allowedIPs.") (
      twice (map (peer: { inherit (peer) path; value = peer.value.publicKey; }) (peersOf interface))
    );

  longFormChecks =
    { path, cfg }:
    let
      beside = builtins.filter (key: key != "") [
        (if cfg.peers != [ ] then "peers" else "")
        (if cfg.ips != [ ] then "ips" else "")
        (if cfg.interfaceName != null then "interfaceName" else "")
        (if builtins.elem "privateKeyFile" cfg.undefined then "" else "privateKeyFile")
      ];
    in
    optionals (cfg.interfaces != [ ]) (
      map (key: fail "${path}.${key} stands beside ${path}.interfaces: move it into one of the interfaces.") beside
    );

  form = "write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket of letters, digits, '_', '-' and '.'";

  publishChecks =
    node:
    concatMap (
      publish:
      let
        inherit (publish) path value;
        listen = addresses.parse value.listen;
      in
      failIf (listen == null) "${path}.listen is \"${toString value.listen}\": ${form}."
      ++ failIf (value.connect != null && addresses.parse value.connect == null) "${path}.connect is \"${toString value.connect}\": ${form}."
      ++ failIf (listen != null && listen.path != null && value.connect == null)
        "${path}.connect is not set, and ${path}.listen is a path, which has no port to take it from: name where the service listens inside."
    ) (publishedBy node);

  publishedBy =
    node:
    imap0 (i: value: {
      path = "${node.path}.publish.${toString i}";
      inherit value;
    }) node.cfg.publish;

  nodeChecks =
    node:
    nameChecks node
    ++ failIf (builtins.elem "dns_server" node.cfg.undefined)
      "${node.path}.dns_server is not set: set it to the resolver that the tunnel reaches, or to [ ] for none."
    ++ concatMap (
      server:
      failIf (!addresses.isAddress server)
        "${node.path}.dns_server has \"${server}\", which is no IP address: a name cannot be looked up without a server, so write its address."
    ) (optionals (!builtins.elem "dns_server" node.cfg.undefined) (lib.toList node.cfg.dns_server))
    ++ longFormChecks node
    ++ publishChecks node
    ++ concatMap (interfaceChecks node) (interfacesOf node);

  all = value: concatMap (node: map (interface: { path = interface.path; value = value node interface.value; }) (interfacesOf node)) nodes;
  names = map (node: { path = "${node.path}.namespace_name"; value = node.cfg.namespace_name; }) nodes;
  ifnames = builtins.filter (place: place.value != "") (
    all (node: i: if i.interfaceName != null then i.interfaceName else if node.cfg.interfaces == [ ] then node.cfg.namespace_name else "")
  );
  ports = builtins.filter (place: place.value != "") (
    all (_: i: if i.listenPort != null then toString i.listenPort else "")
  );

  clashes =
    map (group: fail "${andOf group.paths} are both \"${group.value}\": each namespace needs a name of its own.") (twice names)
    # A namespace's default name says it already.
    ++ optionals (twice names == [ ]) (
      map (
        group: fail "${concatMapStringsSep " and " (path: "${path}.interfaceName") group.paths} are both \"${group.value}\": each interface needs a name of its own."
      ) (twice ifnames)
    )
    ++ map (
      group: fail "${concatMapStringsSep " and " (path: "${path}.listenPort") group.paths} are both ${group.value}: the ports are the machine's, so each needs its own."
    ) (twice ports)
    ++ concatMap (
      pair:
      failIf (pair.a.isUdp == pair.b.isUdp && addresses.overlap pair.a.address pair.b.address)
        "${pair.a.path}.listen is \"${pair.a.address.text}\" and ${pair.b.path}.listen is \"${pair.b.address.text}\": they cannot both listen there, so change one of them."
    ) (pairs listening);

  # What can be compared; the rest is complained of already.
  listening = concatMap (
    publish:
    let
      address = addresses.parse publish.value.listen;
    in
    # What comes by a tunnel does not come to the machine.
    optional (address != null && publish.value.from != "tunnel") {
      inherit (publish) path;
      inherit address;
      isUdp = publish.value.protocol == "udp";
    }
  ) (concatMap publishedBy nodes);
  pairs = list: builtins.concatLists (imap0 (i: a: map (b: { inherit a b; }) (after i list)) list);
  after = i: list: builtins.concatLists (imap0 (j: value: optional (j > i) value) list);

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
    ++ optional (builtins.any (word: hasInfix word node.cfg.extraFirewallRules) [ "my_table" "my_input" "my_output" "my_forward" ])
      "${node.path}.extraFirewallRules names my_table or one of its chains, which are not there any more: the table is `inet wgns`, its chains are input, forward and output.";
in
{
  assertions = concatMap nodeChecks nodes ++ clashes;
  warnings = concatMap nodeWarnings nodes;
}
