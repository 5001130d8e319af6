# What is wrong with the namespaces' options: assertions and warnings, each with the option's whole path and the cure.
# What is refused here the program refuses, too (tests/nix/verdicts.json), but for what a switch needs besides: a file
# of the key with its whole path, a dns_server that is said to be none, and names and ports of more than one namespace.
{ lib, toml }:
nodes:
let
  inherit (lib) concatMap concatMapStringsSep optionals;

  syntax = import ../syntax.nix { inherit lib; };
  addresses = import ../addresses.nix { inherit lib; };
  words = import ./words.nix { inherit lib syntax; };
  inherit (words) andOf fail failIf twice;

  interface = import ./interface.nix { inherit lib toml syntax words; };
  hostLink = import ./host-link.nix { inherit lib toml syntax words; };
  publish = import ./publish.nix { inherit lib addresses syntax words; };

  name =
    { path, cfg }:
    let
      name = cfg.namespace_name;
      isLong = builtins.stringLength name > 64;
    in
    failIf isLong "${path}.namespace_name is \"${name}\", which is longer than 64 characters: shorten it."
    ++ failIf (!isLong && !syntax.isNamespaceName name)
      "${path}.namespace_name is \"${name}\": use letters, digits, '-', '_', '.' and '@', and neither '-' nor '.' as the first.";

  # An interface that wgns did not make the namespace of has rules of its own.
  unmanaged =
    node:
    failIf (!node.cfg.managed && words.hasUnruly node)
      "${node.path}.managed is false, and the name of an interface cannot stand in a rule: give it an interfaceName of letters, digits, '-', '_' and '.'.";

  birthplace =
    { path, cfg }:
    let
      of = cfg.birthplaceNamespace;
    in
    failIf (of == cfg.namespace_name)
      "${path}.birthplaceNamespace is \"${of}\", the namespace itself: the tunnel would have to go through itself, so name another one."
    ++ failIf (of != null && of != cfg.namespace_name && !lib.hasPrefix "/" of && !syntax.isNamespaceName of)
      "${path}.birthplaceNamespace is \"${of}\": name one under /run/netns, or write an absolute path.";

  dns =
    { path, cfg }:
    failIf (builtins.elem "dns_server" cfg.undefined)
      "${path}.dns_server is not set: set it to the resolver that the tunnel reaches, or to [ ] for none."
    ++ concatMap (
      server:
      failIf (!syntax.isAddress server)
        "${path}.dns_server has \"${server}\", which is no IP address: a name cannot be looked up without a server, so write its address."
    ) (words.serversOf cfg)
    ++ concatMap (
      domain:
      failIf (!syntax.isHostName domain) "${path}.dnsSearch has \"${domain}\", which is no domain's name: write it as corp.example.net."
    ) cfg.dnsSearch;

  hooks =
    { path, cfg }:
    concatMap (
      key:
      concatMap (
        hook:
        failIf (syntax.isBlank hook.value.command) "${hook.path}.command is empty: write what /bin/sh is to run."
      ) (words.each "${path}.hooks.${key}" cfg.hooks.${key})
    ) (builtins.attrNames cfg.hooks);

  longForm =
    { path, cfg }:
    let
      # What they are where nobody sets them: the file has none of them then.
      unset = {
        interfaceName = null;
        ips = [ ];
        listenPort = null;
        mtu = null;
        fwMark = null;
        allowedIPsAsRoutes = true;
        engine = "auto";
        peers = [ ];
      };
      beside =
        builtins.filter (key: cfg.${key} != unset.${key}) (builtins.attrNames unset)
        ++ lib.optional (!builtins.elem "privateKeyFile" cfg.undefined) "privateKeyFile";
    in
    optionals (cfg.interfaces != [ ]) (
      map (key: fail "${path}.${key} stands beside ${path}.interfaces: move it into one of the interfaces.") beside
    );

  # Packets of one network go by one interface.
  routes =
    node:
    concatMap (
      { a, b }:
      concatMap (
        route:
        failIf (builtins.elem (syntax.masked route) (map syntax.masked b.routes))
          "${a.path} and ${b.path} both have ${route.text} for a route: set allowedIPsAsRoutes = false on one of them, or give its peers routes."
      ) a.routes
    ) (
      words.pairs (
        map ({ path, value }: {
          inherit path;
          routes = lib.unique (words.networksOf (concatMap (words.routesOf value) value.peers));
        }) (words.interfacesOf node)
      )
    );

  ofNode =
    node:
    name node
    ++ unmanaged node
    ++ birthplace node
    ++ dns node
    ++ longForm node
    ++ publish.ofNode node
    ++ hooks node
    ++ concatMap (interface node) (words.interfacesOf node)
    ++ routes node
    ++ hostLink.ofNode node;

  all = value: concatMap (node: map (interface: { path = interface.path; value = value node interface.value; }) (words.interfacesOf node)) nodes;
  names = map (node: { path = "${node.path}.namespace_name"; value = node.cfg.namespace_name; }) nodes;
  ifnames = builtins.filter (place: place.value != "") (
    all (node: i: if i.interfaceName != null then i.interfaceName else if node.cfg.interfaces == [ ] then node.cfg.namespace_name else "")
  );
  # Of each network that sockets of tunnels are in. The machine's own is named by the empty text.
  birthplaceOf = cfg: lib.removePrefix "/run/netns/" (if cfg.birthplaceNamespace == null then "" else cfg.birthplaceNamespace);
  ports = lib.mapAttrsToList (birthplace: places: {
    owner = if birthplace == "" then "the machine's" else "their birthplace's";
    groups = twice (map (place: { inherit (place) path; value = toString place.value.port; }) places);
  }) (builtins.groupBy (place: place.value.birthplace) (
    builtins.filter (place: place.value.port != null) (
      all (node: i: { port = i.listenPort; birthplace = birthplaceOf node.cfg; })
    )
  ));

  clashes =
    map (group: fail "${andOf group.paths} are both \"${group.value}\": each namespace needs a name of its own.") (twice names)
    # A namespace's default name says it already.
    ++ optionals (twice names == [ ]) (
      map (
        group: fail "${concatMapStringsSep " and " (path: "${path}.interfaceName") group.paths} are both \"${group.value}\": each interface needs a name of its own."
      ) (twice ifnames)
    )
    ++ concatMap (
      { owner, groups }:
      map (
        group: fail "${concatMapStringsSep " and " (path: "${path}.listenPort") group.paths} are both ${group.value}: the ports are ${owner}, so each needs its own."
      ) groups
    ) ports
    ++ publish.clashes nodes
    ++ optionals (twice names == [ ]) (hostLink.clashes nodes);
in
{
  assertions = concatMap ofNode nodes ++ clashes;
  warnings = import ./warnings.nix { inherit lib toml words; } nodes;
}
