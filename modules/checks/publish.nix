# What is wrong with what a namespace publishes: the rules of src/Wgns/Configuration/PublishRules.cs.
{
  lib,
  addresses,
  syntax,
  words,
}:
let
  inherit (words) failIf;

  form = "write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket, at most 107 bytes long";
  isPath = address: address != null && address.path != null;

  one =
    { path, value }:
    let
      listen = addresses.parse value.listen;
      connect = if value.connect == null then null else addresses.parse value.connect;
    in
    failIf (listen == null) "${path}.listen is \"${toString value.listen}\": ${form}."
    ++ failIf (value.connect != null && connect == null) "${path}.connect is \"${toString value.connect}\": ${form}."
    ++ failIf (isPath listen && value.connect == null)
      "${path}.connect is not set, and ${path}.listen is a path, which has no port to take it from: name where the service listens inside."
    ++ lib.optionals (listen != null) (
      (if value.from == "tunnel" then ofTunnel path value else ofProxy path value listen connect)
      ++ lib.optionals (value.via == "link") (ofLink path value listen)
    );

  ofLink =
    path: value: listen:
    failIf (value.from == "host" || value.from == "tunnel" || value.from == null && addresses.isOfThisMachine listen)
      "${path}.via is \"link\", and ${path}.from is not \"lan\": leave ${path}.via out."
    ++ failIf (value.protocol == "unix" || isPath listen)
      "${path}.via is \"link\", and what is spoken is \"unix\": \"tcp\" or \"udp\" go by a link."
    ++ failIf value.proxyProtocol "${path}.proxyProtocol is of a proxy, and ${path}.via = \"link\" has none: leave one of the two out."
    ++ failIf (value.idle != null) "${path}.idle is of a proxy, and ${path}.via = \"link\" has none: leave it out."
    ++ failIf (value.connect != null && !syntax.matches "[0-9]+" (toString value.connect))
      "${path}.connect is \"${toString value.connect}\", and ${path}.via is \"link\": write the port alone.";

  # What it takes of the namespace's link to the host.
  linked =
    node:
    { path, value }:
    let
      listen = addresses.parse value.listen;
      isV6 = syntax.matches "\\[.*" (toString value.listen);
      link = node.cfg.hostLink;
      host = words.networksOf link.hostAddresses;
      has = if host == [ ] then !isV6 else builtins.any (network: syntax.isV6 network == isV6 && !lib.hasPrefix "fe80:" network.text) host;
    in
    lib.optionals (value.via == "link" && listen != null && listen.path == null) (
      failIf (!link.enable) "${path}.via is \"link\", and there is no link: set ${node.path}.hostLink.enable = true, or leave ${path}.via out."
      ++ failIf (link.enable && !has)
        "${path}.listen is \"${listen.text}\", and ${node.path}.hostLink has no ${if isV6 then "IPv6" else "IPv4"} address: give both of its ends one, or leave ${path}.via out."
    );

  ofProxy =
    path: value: listen: connect:
    failIf (isPath listen && !builtins.elem value.protocol [ null "unix" ])
      "${path}.protocol is \"${value.protocol}\", and ${path}.listen is a path: leave ${path}.protocol out."
    ++ failIf (!isPath listen && value.protocol == "unix")
      "${path}.protocol is \"unix\", and ${path}.listen is no path: leave ${path}.protocol out, or listen on a path."
    ++ failIf (value.protocol == "udp" && !isPath listen && isPath connect)
      "${path}.protocol is \"udp\", and ${path}.connect is a path: UDP goes to a port, so name one."
    ++ failIf (value.protocol == "udp" && value.proxyProtocol)
      "${path}.proxyProtocol is one of connections, and ${path}.protocol is \"udp\": leave it out."
    ++ failIf (value.from == "host" && !addresses.isOfThisMachine listen)
      "${path}.from is \"host\", and ${path}.listen is \"${listen.text}\", which others reach: listen on 127.0.0.1, or set ${path}.from = \"lan\"."
    ++ failIf (value.from == "lan" && addresses.isOfThisMachine listen)
      "${path}.from is \"lan\", and ${path}.listen is \"${listen.text}\", which this machine alone reaches: name an address of the LAN or 0.0.0.0, or set ${path}.from = \"host\".";

  ofTunnel =
    path: value:
    failIf (!syntax.matches "[0-9]+" (toString value.listen))
      "${path}.listen is \"${toString value.listen}\", and ${path}.from is \"tunnel\": write the port alone that the provider forwards."
    ++ failIf (value.protocol == "unix") "${path}.protocol is \"unix\", and ${path}.from is \"tunnel\": what comes by a tunnel is \"tcp\" or \"udp\"."
    ++
      lib.concatMap
        (key: failIf (builtins.elem value.${key} [ null false ] == false) "${path}.${key} is of a proxy, and ${path}.from = \"tunnel\" has none: leave it out.")
        [
          "connect"
          "idle"
          "proxyProtocol"
        ];

  # TCP and UDP have ports of their own, and so have the machine and each tunnel.
  listening =
    node:
    lib.concatMap (
      { path, value }:
      let
        address = addresses.parse value.listen;
      in
      lib.optional (address != null) {
        inherit path address;
        place = if value.from == "tunnel" then node.path else "machine";
        isUdp = value.protocol == "udp";
        # A socket on [::] takes IPv4, too; a rule does not.
        family = if value.via != "link" then "any" else if syntax.matches "\\[.*" (toString value.listen) then "v6" else "v4";
      }
    ) (words.publishedBy node);
in
{
  ofNode =
    node:
    lib.concatMap one (words.publishedBy node)
    ++ lib.concatMap (linked node) (words.publishedBy node)
    ++ failIf (
      builtins.any (publish: publish.from == "tunnel") node.cfg.publish
      && words.hasUnruly node
    ) "${node.path}.publish has one from = \"tunnel\", and an interface whose name cannot stand in a rule: give it an interfaceName of letters, digits, '-', '_' and '.'.";

  clashes =
    nodes:
    lib.concatMap (
      { a, b }:
      failIf (a.place == b.place && a.isUdp == b.isUdp && (a.family == "any" || b.family == "any" || a.family == b.family) && addresses.overlap a.address b.address)
        "${a.path}.listen is \"${a.address.text}\" and ${b.path}.listen is \"${b.address.text}\": they cannot both listen there, so change one of them."
    ) (words.pairs (lib.concatMap listening nodes));
}
