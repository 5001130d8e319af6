# What is wrong with a namespace's link to the host: the rules of src/Wgns/Configuration/HostLinkReader.cs.
{
  lib,
  toml,
  syntax,
  words,
}:
let
  inherit (lib) concatMap;
  inherit (words) failIf;

  name =
    path: value:
    failIf (value != null && !(syntax.isInterfaceName value && syntax.matches "[A-Za-z0-9._@-]+" value))
      "${path} is \"${toString value}\", which cannot be an interface's name: use at most 15 letters, digits, '-', '_' and '.'.";

  # Neither one host's, nor for all of them.
  isNoHosts =
    { bytes, bits, prefix, ... }@network:
    let
      first = builtins.head bytes;
      isFirst = bytes: bytes == (syntax.masked (network // { inherit bytes; })).bytes;
    in
    syntax.isLoopback bytes
    || builtins.all (byte: byte == 0) bytes
    || (if bits == 32 then first >= 224 else first == 255)
    || bits == 32 && prefix < 31 && (isFirst bytes || isFirst (map (byte: 255 - byte) bytes));

  address =
    path: text:
    let
      network = syntax.network text;
      isNarrow = network.prefix == network.bits;
      isWide = network.prefix < (if syntax.isV6 network then 16 else 8);
    in
    failIf (network == null) "${path} has \"${text}\", which is no address with the length of a prefix: write it as 10.200.0.1/30."
    ++ failIf (network != null && (isNarrow || isWide))
      "${path} has \"${text}\", whose prefix leaves no network of two ends: write it as 10.200.0.1/30."
    ++ failIf (network != null && !isNarrow && !isWide && isNoHosts network)
      "${path} has \"${text}\", which is no address that a link can have: write it as 10.200.0.1/30.";

  pairs =
    path: own: otherPath: others:
    concatMap (
      network:
      failIf (!builtins.elem (syntax.masked network) (map syntax.masked others))
        "${path} has ${network.text}, and ${otherPath} none of its network: each end needs an address there."
    ) own;

  # The networks that packets to the tunnel go by, with their options.
  tunnel =
    node:
    concatMap (
      { path, value }:
      map (network: { path = "${path}.ips"; inherit network; }) (words.networksOf value.ips)
      ++ concatMap (
        peer:
        map (network: { path = "${peer.path}.${if peer.value.routes == null then "allowedIPs" else "routes"}"; inherit network; }) (
          builtins.filter (network: network.prefix > 0) (words.networksOf (words.routesOf value peer.value))
        )
      ) (words.peersOf { inherit path value; })
    ) (words.interfacesOf node)
    ++ map (network: { path = "${node.path}.dns_server"; inherit network; }) (
      builtins.filter (network: !syntax.isLoopback network.bytes) (
        words.networksOf (builtins.filter syntax.isAddress (words.serversOf node.cfg))
      )
    );
in
{
  ofNode =
    node:
    let
      link = node.cfg.hostLink;
      path = "${node.path}.hostLink";
      complaints =
        concatMap (address "${path}.hostAddresses") link.hostAddresses
        ++ concatMap (address "${path}.nsAddresses") link.nsAddresses;
      host = words.networksOf link.hostAddresses;
      inside = words.networksOf link.nsAddresses;
      networks = if host == [ ] then [ (syntax.network "198.18.0.0/15") ] else host;
    in
    lib.optionals link.enable (
      name "${path}.hostInterface" link.hostInterface
      ++ name "${path}.nsInterface" link.nsInterface
      ++ failIf (builtins.elem (if link.nsInterface == null then "host0" else link.nsInterface) (map (i: toml.ifname node.cfg i.value) (words.interfacesOf node)))
        "${path}.nsInterface is the name of an interface of WireGuard's, too: set it to another."
      ++ complaints
      ++ lib.optionals (complaints == [ ]) (
        pairs "${path}.hostAddresses" host "${path}.nsAddresses" inside
        ++ pairs "${path}.nsAddresses" inside "${path}.hostAddresses" host
        ++ concatMap (
          network:
          failIf (builtins.any (other: other.bytes == network.bytes && other.prefix == network.prefix) inside) "${path}.hostAddresses and ${path}.nsAddresses both have ${network.text}: each end has its own address."
        ) host
        ++ concatMap (
          own:
          concatMap (
            other:
            failIf (syntax.overlap own other.network)
              "${path} would carry ${own.text}, which overlaps ${other.network.text} of ${other.path}: give it a network that the tunnel does not use."
          ) (tunnel node)
        ) networks
      )
    );

  clashes =
    nodes:
    let
      linked = builtins.filter (node: node.cfg.hostLink.enable) nodes;
      # fe80::/10, of which each link has its own.
      isLinkLocal = network: syntax.isV6 network && syntax.overlap network (syntax.network "fe80::/10");
    in
    map (group: words.fail "${words.andOf group.paths} are both \"${group.value}\": the machine has one interface of a name, so each needs its own.") (
      words.twice (
        map (node: {
          path = "${node.path}.hostLink.hostInterface";
          value = toml.hostInterface node.cfg;
        }) linked
      )
    )
    ++ map (group: words.fail "${words.andOf group.paths} both have ${group.value}: the machine has an address once, so each needs a network of its own.") (
      words.twice (
        concatMap (
          node:
          map
            (value: {
              path = "${node.path}.hostLink.hostAddresses";
              inherit value;
            })
            (
              lib.unique (
                map (network: builtins.head (builtins.split "/" network.text)) (
                  builtins.filter (network: !isLinkLocal network) (words.networksOf node.cfg.hostLink.hostAddresses)
                )
              )
            )
        ) linked
      )
    );
}
