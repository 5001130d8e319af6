# What is wrong with an interface, or with one of its peers.
{
  lib,
  toml,
  syntax,
  words,
}:
let
  inherit (lib) concatMap optionals;
  inherit (words)
    fail
    failIf
    keyFile
    networks
    range
    ;

  name =
    node: interface:
    let
      own = interface.value.interfaceName;
      name = toml.ifname node.cfg interface.value;
      option = if own != null then "${interface.path}.interfaceName" else "${node.path}.namespace_name";
      cure = if own != null then "shorten it" else "set ${interface.path}.interfaceName";
      isShort = builtins.stringLength name <= 15;
    in
    failIf (own == null && node.cfg.interfaces != [ ]) "${interface.path}.interfaceName is not set: each of the interfaces needs a name."
    ++ failIf (!isShort) "${option} is \"${name}\", which is longer than the 15 bytes that an interface's name can have: ${cure}."
    ++ failIf (isShort && !syntax.isInterfaceName name && (own != null || syntax.isNamespaceName name)) (
      "${option} is \"${name}\", which cannot be an interface's name: "
      + (if own != null then "use letters, digits, '-', '_' and '.'." else "${cure}.")
    );

  peer =
    { path, value }:
    let
      inherit (value) endpoint;
      parts = syntax.endpointParts endpoint;
    in
    failIf (!syntax.isKey value.publicKey) "${path}.publicKey is no WireGuard key: it is 44 characters of base64 that end in '='."
    ++ failIf (value.presharedKey != null && !syntax.isKey value.presharedKey)
      "${path}.presharedKey is no WireGuard key: make one with `wgns genpsk`, and name its file in ${path}.presharedKeyFile."
    ++ failIf (value.presharedKey != null && syntax.isZeroKey value.presharedKey)
      "${path}.presharedKey is all zeros, which is how WireGuard says that there is none: leave it out, or make one with `wgns genpsk`."
    ++ networks "${path}.allowedIPs" value.allowedIPs
    ++ networks "${path}.routes" (if value.routes == null then [ ] else value.routes)
    ++ failIf (value.presharedKey != null && value.presharedKeyFile != null) "${path}.presharedKey and ${path}.presharedKeyFile are both set: keep the file."
    ++ optionals (value.presharedKeyFile != null) (keyFile "${path}.presharedKeyFile" value.presharedKeyFile "wgns genpsk")
    ++ optionals (endpoint != null) (
      if parts == null || !syntax.isEndpointHost (builtins.head parts) then
        [ (fail "${path}.endpoint is \"${endpoint}\": write host:port, or [address]:port for IPv6.") ]
      else
        failIf (!syntax.isPort (builtins.elemAt parts 1)) "${path}.endpoint is \"${endpoint}\": its port must be 1 to 65535."
    )
    ++ range "${path}.dynamicEndpointRefreshSeconds" value.dynamicEndpointRefreshSeconds 0 31536000 " seconds"
    ++ range "${path}.persistentKeepalive" value.persistentKeepalive 0 65535 " seconds";

  # One network goes to one peer.
  sharedNetworks =
    peers:
    concatMap (
      { a, b }:
      concatMap (
        network:
        failIf (builtins.elem (syntax.masked network) (map syntax.masked (words.networksOf a.value.allowedIPs)))
          "${a.path}.allowedIPs and ${b.path}.allowedIPs have a network in common, of which WireGuard would give the last its packets: leave ${network.text} to one of the two."
      ) (lib.unique (words.networksOf b.value.allowedIPs))
    ) (words.pairs peers);
in
node: interface:
let
  inherit (interface) path value;
  peers = words.peersOf interface;
  keyIsThere = words.hasKey value;
in
name node interface
++ failIf (value.peers == [ ]) "${path}.peers is empty: add the peer that ${path} is to reach, or set ${node.path}.enable = false."
++ failIf (!keyIsThere) "${path}.privateKeyFile is not set: name a file that root alone can read (`wgns genkey` makes one)."
++ optionals keyIsThere (keyFile "${path}.privateKeyFile" value.privateKeyFile "wgns genkey")
++ networks "${path}.ips" value.ips
++ concatMap (
  network:
  failIf (syntax.isOfNoTunnel network.bytes)
    "${path}.ips has \"${network.text}\", which the kernel gives to no tunnel: write the address that the provider has for it, as 10.64.0.2/32."
) (words.networksOf value.ips)
++ failIf (value.mtu != null && value.mtu < 1280 && builtins.any syntax.isV6 (words.networksOf value.ips))
  "${path}.mtu is ${toString value.mtu}: IPv6 needs 1280, so raise it or take the IPv6 address out of ${path}.ips."
++ failIf (value.fwMark != null && !syntax.isFwMark value.fwMark)
  "${path}.fwMark is \"${toString value.fwMark}\": it must be 0 to 4294967295 (0xffffffff), or \"off\"."
++ concatMap peer peers
++ sharedNetworks peers
++ map (group: fail "${words.andOf group.paths} have one publicKey: make them one peer with all its allowedIPs.") (
  words.twice (map (peer: { inherit (peer) path; value = peer.value.publicKey; }) peers)
)
