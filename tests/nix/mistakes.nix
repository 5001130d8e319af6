# Configurations of NixOS with one mistake each, and exactly what is said of it.
let
  here = "services.wireguard-namespace";
  key = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
  peer = {
    publicKey = key;
    allowedIPs = [ "0.0.0.0/0" ];
    endpoint = "vpn.example.net:51820";
  };
  namespace = {
    dns_server = "10.64.0.1";
    ips = [ "10.64.0.2/32" ];
    privateKeyFile = "/run/keys/vpn";
    peers = [ peer ];
  };
  without = names: removeAttrs namespace names;
  with' = more: namespace // more;
  withPeer = more: namespace // { peers = [ (peer // more) ]; };
  long = "a-name-that-takes-more-than-the-sixty-four-characters-of-a-namespace";

  mistake = settings: message: {
    module.services.wireguard-namespace = settings;
    inherit message;
  };
in
{
  no-peers = mistake (without [ "peers" ] // { enable = true; })
    "${here}.peers is empty: add the peer that ${here} is to reach, or set ${here}.enable = false.";
  no-peers-in-a-named-one = mistake { namespaces.nl = without [ "peers" ]; }
    "${here}.namespaces.nl.peers is empty: add the peer that ${here}.namespaces.nl is to reach, or set ${here}.namespaces.nl.enable = false.";
  no-dns-server = mistake (without [ "dns_server" ])
    "${here}.dns_server is not set: set it to the resolver that the tunnel reaches, or to [ ] for none.";
  no-private-key = mistake (without [ "privateKeyFile" ])
    "${here}.privateKeyFile is not set: name a file that root alone can read (`wgns genkey` makes one).";
  private-key-null = mistake (with' { privateKeyFile = null; })
    "${here}.privateKeyFile is not set: name a file that root alone can read (`wgns genkey` makes one).";
  key-for-a-file = mistake (with' { privateKeyFile = key; })
    "${here}.privateKeyFile is a key and not the path of a file with one: put the key into a file that root alone can read (`wgns genkey` makes one) and name the file.";
  # As builtins.readFile gives it.
  key-for-a-file-with-the-end-of-its-line = mistake (with' { privateKeyFile = "${key}\n"; })
    "${here}.privateKeyFile is a key and not the path of a file with one: put the key into a file that root alone can read (`wgns genkey` makes one) and name the file.";
  key-for-a-file-with-a-slash-first = mistake (with' { privateKeyFile = "/TIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\n"; })
    "${here}.privateKeyFile is a key and not the path of a file with one: put the key into a file that root alone can read (`wgns genkey` makes one) and name the file.";
  relative-key-file = mistake (with' { privateKeyFile = "vpn.key"; })
    "${here}.privateKeyFile is \"vpn.key\", which is no absolute path: name the file from the root on, or a credential of the unit as credential:NAME.";
  preshared-key-for-a-file = mistake (withPeer { presharedKeyFile = key; })
    "${here}.peers.0.presharedKeyFile is a key and not the path of a file with one: put the key into a file that root alone can read (`wgns genpsk` makes one) and name the file.";
  both-preshared-keys = mistake (withPeer { presharedKey = key; presharedKeyFile = "/run/keys/psk"; })
    "${here}.peers.0.presharedKey and ${here}.peers.0.presharedKeyFile are both set: keep the file.";

  name-too-long = mistake (with' { namespace_name = long; interfaceName = "wg0"; })
    "${here}.namespace_name is \"${long}\", which is longer than 64 characters: shorten it.";
  name-with-a-slash = mistake (with' { namespace_name = "a/b"; interfaceName = "wg0"; })
    "${here}.namespace_name is \"a/b\": use letters, digits, '-', '_', '.' and '@', and neither '-' nor '.' as the first.";
  name-with-a-dash-first = mistake { namespaces."-x" = namespace; }
    "${here}.namespaces.-x.namespace_name is \"-x\": use letters, digits, '-', '_', '.' and '@', and neither '-' nor '.' as the first.";
  name-too-long-for-an-interface = mistake (with' { namespace_name = "sixteen-letters-"; })
    "${here}.namespace_name is \"sixteen-letters-\", which is longer than the 15 bytes that an interface's name can have: set ${here}.interfaceName.";
  name-that-the-kernel-keeps = mistake (with' { namespace_name = "all"; })
    "${here}.namespace_name is \"all\", which cannot be an interface's name: set ${here}.interfaceName.";
  interface-name-too-long = mistake (with' { interfaceName = "sixteen-letters-"; })
    "${here}.interfaceName is \"sixteen-letters-\", which is longer than the 15 bytes that an interface's name can have: shorten it.";
  interface-name-with-a-space = mistake (with' { interfaceName = "wg 0"; })
    "${here}.interfaceName is \"wg 0\", which cannot be an interface's name: use letters, digits, '-', '_' and '.'.";
  interface-named-lo = mistake (with' { interfaceName = "lo"; })
    "${here}.interfaceName is \"lo\", which cannot be an interface's name: use letters, digits, '-', '_' and '.'.";

  unmanaged-interface-with-a-star = mistake (with' { managed = false; interfaceName = "wg*"; })
    "${here}.managed is false, and the name of an interface cannot stand in a rule: give it an interfaceName of letters, digits, '-', '_' and '.'.";

  born-in-itself = mistake (with' { birthplaceNamespace = "vpn"; })
    "${here}.birthplaceNamespace is \"vpn\", the namespace itself: the tunnel would have to go through itself, so name another one.";
  born-nowhere = mistake (with' { birthplaceNamespace = "run/netns/outer"; })
    "${here}.birthplaceNamespace is \"run/netns/outer\": name one under /run/netns, or write an absolute path.";

  no-public-key = mistake (withPeer { publicKey = "mistyped"; })
    "${here}.peers.0.publicKey is no WireGuard key: it is 44 characters of base64 that end in '='.";
  endpoint-without-port = mistake (withPeer { endpoint = "vpn.example.net"; })
    "${here}.peers.0.endpoint is \"vpn.example.net\": write host:port, or [address]:port for IPv6.";
  endpoint-ipv6-without-brackets = mistake (withPeer { endpoint = "2001:db8::1:51820"; })
    "${here}.peers.0.endpoint is \"2001:db8::1:51820\": write host:port, or [address]:port for IPv6.";
  endpoint-port-out-of-range = mistake (withPeer { endpoint = "vpn.example.net:70000"; })
    "${here}.peers.0.endpoint is \"vpn.example.net:70000\": its port must be 1 to 65535.";
  preshared-key-mistyped = mistake (withPeer { presharedKey = "mistyped"; })
    "${here}.peers.0.presharedKey is no WireGuard key: make one with `wgns genpsk`, and name its file in ${here}.peers.0.presharedKeyFile.";
  allowed-ips-mistyped = mistake (withPeer { allowedIPs = [ "everything" ]; })
    "${here}.peers.0.allowedIPs has \"everything\", which is no IPv4 or IPv6 address: write it with the length of its prefix, as 10.64.0.2/32 or ::/0.";
  ips-mistyped = mistake (with' { ips = [ "10.64.0.300/32" ]; })
    "${here}.ips has \"10.64.0.300/32\", which is no IPv4 or IPv6 address: write it with the length of its prefix, as 10.64.0.2/32 or ::/0.";
  dns-server-by-name = mistake (with' { dns_server = [ "10.64.0.1" "dns.example.net" ]; })
    "${here}.dns_server has \"dns.example.net\", which is no IP address: a name cannot be looked up without a server, so write its address.";
  keepalive-too-long = mistake (withPeer { persistentKeepalive = 65536; })
    "${here}.peers.0.persistentKeepalive is 65536: it must be 0 to 65535 seconds.";
  refresh-below-zero = mistake (withPeer { dynamicEndpointRefreshSeconds = -1; })
    "${here}.peers.0.dynamicEndpointRefreshSeconds is -1: it must be 0 to 31536000 seconds.";
  peer-twice = mistake (with' { peers = [ peer (peer // { allowedIPs = [ "::/0" ]; }) ]; })
    "${here}.peers.0 and ${here}.peers.1 have one publicKey: make them one peer with all its allowedIPs.";

  preshared-key-of-zeros = mistake (withPeer { presharedKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; })
    "${here}.peers.0.presharedKey is all zeros, which is how WireGuard says that there is none: leave it out, or make one with `wgns genpsk`.";
  public-key-with-padding-set = mistake (withPeer { publicKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dh="; })
    "${here}.peers.0.publicKey is no WireGuard key: it is 44 characters of base64 that end in '='.";
  endpoint-of-no-host = mistake (withPeer { endpoint = "vpn example:51820"; })
    "${here}.peers.0.endpoint is \"vpn example:51820\": write host:port, or [address]:port for IPv6.";
  endpoint-ipv4-in-brackets = mistake (withPeer { endpoint = "[192.0.2.1]:51820"; })
    "${here}.peers.0.endpoint is \"[192.0.2.1]:51820\": write host:port, or [address]:port for IPv6.";
  endpoint-port-zero = mistake (withPeer { endpoint = "[2001:db8::1]:0"; })
    "${here}.peers.0.endpoint is \"[2001:db8::1]:0\": its port must be 1 to 65535.";
  allowed-ips-prefix-too-long = mistake (withPeer { allowedIPs = [ "10.0.0.0/33" ]; })
    "${here}.peers.0.allowedIPs has \"10.0.0.0/33\", whose prefix is too long or no number: it is 0 to 32 for IPv4 and 0 to 128 for IPv6.";
  allowed-ips-of-two-peers = mistake
    (with' { peers = [ peer (peer // { publicKey = "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA="; allowedIPs = [ "10.0.0.0/0" ]; routes = [ ]; }) ]; })
    "${here}.peers.0.allowedIPs and ${here}.peers.1.allowedIPs have a network in common, of which WireGuard would give the last its packets: leave 10.0.0.0/0 to one of the two.";
  routes-prefix-too-long = mistake (withPeer { routes = [ "fd00::/129" ]; })
    "${here}.peers.0.routes has \"fd00::/129\", whose prefix is too long or no number: it is 0 to 32 for IPv4 and 0 to 128 for IPv6.";
  routes-mistyped = mistake (withPeer { routes = [ "default" ]; })
    "${here}.peers.0.routes has \"default\", which is no IPv4 or IPv6 address: write it with the length of its prefix, as 10.64.0.2/32 or ::/0.";
  ips-prefix-too-long = mistake (with' { ips = [ "fd00::2/129" ]; })
    "${here}.ips has \"fd00::2/129\", whose prefix is too long or no number: it is 0 to 32 for IPv4 and 0 to 128 for IPv6.";
  ips-of-no-tunnel = mistake (with' { ips = [ "10.64.0.2/32" "::/64" ]; })
    "${here}.ips has \"::/64\", which the kernel gives to no tunnel: write the address that the provider has for it, as 10.64.0.2/32.";
  ips-with-a-zone = mistake (with' { ips = [ "fe80::1%eth0/64" ]; })
    "${here}.ips has \"fe80::1%eth0/64\", which is no IPv4 or IPv6 address: write it with the length of its prefix, as 10.64.0.2/32 or ::/0.";
  dns-search-of-no-domain = mistake (with' { dnsSearch = [ "corp example" ]; })
    "${here}.dnsSearch has \"corp example\", which is no domain's name: write it as corp.example.net.";
  mark-that-is-no-number = mistake (with' { fwMark = "0x100000000"; })
    "${here}.fwMark is \"0x100000000\": it must be 0 to 4294967295 (0xffffffff), or \"off\".";
  mtu-too-small-for-ipv6 = mistake (with' { mtu = 1279; ips = [ "fd00::2/128" ]; })
    "${here}.mtu is 1279: IPv6 needs 1280, so raise it or take the IPv6 address out of ${here}.ips.";
  credential-without-a-name = mistake (with' { privateKeyFile = "credential:"; })
    "${here}.privateKeyFile is \"credential:\", whose name systemd takes for no credential: use 1 to 255 printable characters of ASCII without '/' and ':'.";
  credential-with-a-slash = mistake (withPeer { presharedKeyFile = "credential:vpn/psk"; })
    "${here}.peers.0.presharedKeyFile is \"credential:vpn/psk\", whose name systemd takes for no credential: use 1 to 255 printable characters of ASCII without '/' and ':'.";
  hook-without-a-command = mistake (with' { hooks.postUp = [ { command = " "; } ]; })
    "${here}.hooks.postUp.0.command is empty: write what /bin/sh is to run.";

  link-named-lo = mistake (with' { hostLink = { enable = true; hostInterface = "lo"; }; })
    "${here}.hostLink.hostInterface is \"lo\", which cannot be an interface's name: use at most 15 letters, digits, '-', '_' and '.'.";
  link-named-as-the-tunnel = mistake (with' { hostLink = { enable = true; nsInterface = "vpn"; }; })
    "${here}.hostLink.nsInterface is the name of an interface of WireGuard's, too: set it to another.";
  link-with-an-address-mistyped = mistake (with' { hostLink = { enable = true; hostAddresses = [ "10.200.0" ]; }; })
    "${here}.hostLink.hostAddresses has \"10.200.0\", which is no address with the length of a prefix: write it as 10.200.0.1/30.";
  link-with-a-host-for-a-network = mistake (with' { hostLink = { enable = true; nsAddresses = [ "10.200.0.1/32" ]; }; })
    "${here}.hostLink.nsAddresses has \"10.200.0.1/32\", whose prefix leaves no network of two ends: write it as 10.200.0.1/30.";
  link-with-the-networks-own-address = mistake (with' { hostLink = { enable = true; hostAddresses = [ "10.200.0.0/30" ]; }; })
    "${here}.hostLink.hostAddresses has \"10.200.0.0/30\", which is no address that a link can have: write it as 10.200.0.1/30.";
  link-with-one-end-numbered = mistake (with' { hostLink = { enable = true; hostAddresses = [ "10.200.0.1/30" ]; }; })
    "${here}.hostLink.hostAddresses has 10.200.0.1/30, and ${here}.hostLink.nsAddresses none of its network: each end needs an address there.";
  link-with-one-address-twice = mistake
    (with' { hostLink = { enable = true; hostAddresses = [ "10.200.0.1/30" ]; nsAddresses = [ "10.200.0.1/30" ]; }; })
    "${here}.hostLink.hostAddresses and ${here}.hostLink.nsAddresses both have 10.200.0.1/30: each end has its own address.";
  link-over-the-tunnels-network = mistake
    (with' { hostLink = { enable = true; hostAddresses = [ "10.64.0.5/24" ]; nsAddresses = [ "10.64.0.6/24" ]; }; ips = [ "10.64.0.2/32" ]; dns_server = "127.0.0.1"; })
    "${here}.hostLink would carry 10.64.0.5/24, which overlaps 10.64.0.2/32 of ${here}.ips: give it a network that the tunnel does not use.";
  link-over-the-dns-server = mistake
    (with' { hostLink.enable = true; dns_server = "198.18.0.1"; })
    "${here}.hostLink would carry 198.18.0.0/15, which overlaps 198.18.0.1 of ${here}.dns_server: give it a network that the tunnel does not use.";

  link-name-twice = mistake
    {
      namespaces.a = with' { hostLink.enable = true; };
      namespaces.b = with' { hostLink = { enable = true; hostInterface = "wgh-a"; }; };
    }
    "${here}.namespaces.a.hostLink.hostInterface and ${here}.namespaces.b.hostLink.hostInterface are both \"wgh-a\": the machine has one interface of a name, so each needs its own.";

  link-address-twice = mistake
    {
      namespaces.a = with' { hostLink = { enable = true; hostAddresses = [ "10.200.0.1/30" ]; nsAddresses = [ "10.200.0.2/30" ]; }; };
      namespaces.b = with' { hostLink = { enable = true; hostAddresses = [ "fe80::1/64" "10.200.0.1/24" ]; nsAddresses = [ "fe80::2/64" "10.200.0.2/24" ]; }; };
    }
    "${here}.namespaces.a.hostLink.hostAddresses and ${here}.namespaces.b.hostLink.hostAddresses both have 10.200.0.1: the machine has an address once, so each needs a network of its own.";

  name-twice = mistake (with' { namespaces.other = with' { namespace_name = "vpn"; }; })
    "${here}.namespace_name and ${here}.namespaces.other.namespace_name are both \"vpn\": each namespace needs a name of its own.";
  interface-twice = mistake { namespaces.a = with' { interfaceName = "wg0"; }; namespaces.b = with' { interfaceName = "wg0"; }; }
    "${here}.namespaces.a.interfaceName and ${here}.namespaces.b.interfaceName are both \"wg0\": each interface needs a name of its own.";
  port-twice = mistake { namespaces.a = with' { listenPort = 51820; }; namespaces.b = with' { listenPort = 51820; }; }
    "${here}.namespaces.a.listenPort and ${here}.namespaces.b.listenPort are both 51820: the ports are the machine's, so each needs its own.";

  # One namespace is another's birthplace, and two of them are born there.
  port-twice-in-a-birthplace = mistake
    {
      namespaces.a = with' { listenPort = 51820; };
      namespaces.b = with' { listenPort = 51820; birthplaceNamespace = "a"; };
      namespaces.c = with' { listenPort = 51820; birthplaceNamespace = "a"; };
    }
    "${here}.namespaces.b.listenPort and ${here}.namespaces.c.listenPort are both 51820: the ports are their birthplace's, so each needs its own.";

  interface-without-name = mistake { dns_server = "10.64.0.1"; interfaces = [ (without [ "dns_server" ]) ]; }
    "${here}.interfaces.0.interfaceName is not set: each of the interfaces needs a name.";
  keys-beside-interfaces = mistake
    {
      dns_server = "10.64.0.1";
      ips = [ "10.64.0.2/32" ];
      interfaces = [ (without [ "dns_server" ] // { interfaceName = "wg0"; }) ];
    }
    "${here}.ips stands beside ${here}.interfaces: move it into one of the interfaces.";

  port-beside-interfaces = mistake
    {
      dns_server = "10.64.0.1";
      listenPort = 51820;
      interfaces = [ (without [ "dns_server" ] // { interfaceName = "wg0"; }) ];
    }
    "${here}.listenPort stands beside ${here}.interfaces: move it into one of the interfaces.";
  engine-beside-interfaces = mistake
    {
      dns_server = "10.64.0.1";
      engine = "embedded";
      interfaces = [ (without [ "dns_server" ] // { interfaceName = "wg0"; }) ];
    }
    "${here}.engine stands beside ${here}.interfaces: move it into one of the interfaces.";
  routes-beside-interfaces = mistake
    {
      dns_server = "10.64.0.1";
      allowedIPsAsRoutes = false;
      interfaces = [ (without [ "dns_server" ] // { interfaceName = "wg0"; }) ];
    }
    "${here}.allowedIPsAsRoutes stands beside ${here}.interfaces: move it into one of the interfaces.";

  route-of-two-interfaces = mistake
    {
      dns_server = "10.64.0.1";
      interfaces = map (interfaceName: without [ "dns_server" ] // { inherit interfaceName; }) [ "wg0" "wg1" ];
    }
    "${here}.interfaces.0 and ${here}.interfaces.1 both have 0.0.0.0/0 for a route: set allowedIPsAsRoutes = false on one of them, or give its peers routes.";

  service-in-no-namespace = {
    module.services.wireguard-namespace = namespace;
    module.systemd.services.web.wireguardNamespace = "vnp";
    message = "systemd.services.web.wireguardNamespace is \"vnp\", and there is no such namespace: use one of vpn, or add ${here}.namespaces.vnp.";
  };
  service-of-wgns-itself = {
    module.services.wireguard-namespace = namespace;
    module.systemd.services."wgns@vpn".wireguardNamespace = "vpn";
    message = "systemd.services.wgns@vpn.wireguardNamespace: wgns@vpn is a unit of wgns's own, which would have the tunnel for its only way to the tunnel's other end; take it away.";
  };
  socket-of-wgns-itself = {
    module.services.wireguard-namespace = namespace;
    module.systemd.sockets."wgns-publish-vpn-80".wireguardNamespace = "vpn";
    message = "systemd.sockets.wgns-publish-vpn-80.wireguardNamespace: wgns-publish-vpn-80 is a unit of wgns's own, which would have the tunnel for its only way to the tunnel's other end; take it away.";
  };
  service-joined-with-another = {
    module.services.wireguard-namespace = namespace;
    module.systemd.services.web = {
      wireguardNamespace = "vpn";
      unitConfig.JoinsNamespaceOf = "netns@vpn.service";
    };
    message = "systemd.services.web.unitConfig.JoinsNamespaceOf: the service would be in the network of that unit, and not in namespace vpn; take one of the two away.";
  };
  instance-whose-template-is-joined-with-another = {
    module.services.wireguard-namespace = namespace;
    module.systemd.services."web@".unitConfig.JoinsNamespaceOf = "netns@vpn.service";
    module.systemd.services."web@one" = {
      overrideStrategy = "asDropin";
      wireguardNamespace = "vpn";
    };
    message = "systemd.services.web@one.unitConfig.JoinsNamespaceOf: the service would be in the network of that unit, and not in namespace vpn; take one of the two away.";
  };
  # The namespace comes after what these come before.
  service-before-every-other = {
    module.services.wireguard-namespace = namespace;
    module.systemd.services.web = {
      wireguardNamespace = "vpn";
      before = [ "web.target" "sysinit.target" ];
    };
    message = "systemd.services.web.before has sysinit.target, and namespace vpn is made after that: systemd would break the circle by starting one of them not at all. Take it away.";
  };
  socket-before-every-service = {
    module.services.wireguard-namespace = namespace;
    module.systemd.sockets.web = {
      wireguardNamespace = "vpn";
      listenStreams = [ "80" ];
      before = [ "sockets.target" ];
    };
    message = "systemd.sockets.web.before has sockets.target, and namespace vpn is made after that: systemd would break the circle by starting one of them not at all. Take it away.";
  };
  # It is one relation to systemd, from whichever end it is written.
  service-that-another-joins = {
    module.services.wireguard-namespace = namespace;
    module.systemd.services.web.wireguardNamespace = "vpn";
    module.systemd.services.exporter = {
      unitConfig.JoinsNamespaceOf = [ "other.service web.service" ];
      serviceConfig.PrivateNetwork = true;
    };
    message = "systemd.services.exporter.unitConfig.JoinsNamespaceOf names web.service, which would be in whichever network of the two is there first, and not in namespace vpn; take it away, and set systemd.services.exporter.wireguardNamespace.";
  };
  socket-without-any-namespace = {
    module.systemd.sockets.web.wireguardNamespace = "vpn";
    message = "systemd.sockets.web.wireguardNamespace is \"vpn\", and there is no such namespace: ${here} has none, or add ${here}.namespaces.vpn.";
  };

  publish-a-name = mistake (with' { publish = [ { listen = "localhost:80"; } ]; })
    "${here}.publish.0.listen is \"localhost:80\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket, at most 107 bytes long.";
  publish-to-a-name = mistake (with' { publish = [ { listen = 80; connect = "web:80"; } ]; })
    "${here}.publish.0.connect is \"web:80\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket, at most 107 bytes long.";
  publish-a-port-out-of-range = mistake (with' { publish = [ { listen = "127.0.0.1:65536"; } ]; })
    "${here}.publish.0.listen is \"127.0.0.1:65536\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket, at most 107 bytes long.";
  publish-to-port-zero = mistake (with' { publish = [ { listen = 80; connect = "0"; } ]; })
    "${here}.publish.0.connect is \"0\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket, at most 107 bytes long.";
  publish-half-an-address = mistake (with' { publish = [ { listen = "10.1:80"; } ]; })
    "${here}.publish.0.listen is \"10.1:80\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket, at most 107 bytes long.";
  publish-a-path-with-a-way-up = mistake (with' { publish = [ { connect = 80; listen = "/run/../web.sock"; } ]; })
    "${here}.publish.0.listen is \"/run/../web.sock\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket, at most 107 bytes long.";
  publish-a-path-to-nowhere = mistake (with' { publish = [ { listen = "/run/web.sock"; } ]; })
    "${here}.publish.0.connect is not set, and ${here}.publish.0.listen is a path, which has no port to take it from: name where the service listens inside.";
  publish-twice = mistake (with' { publish = [ { listen = 80; } { listen = "127.0.0.1:80"; connect = 81; } ]; })
    "${here}.publish.0.listen is \"127.0.0.1:80\" and ${here}.publish.1.listen is \"127.0.0.1:80\": they cannot both listen there, so change one of them.";
  publish-twice-with-a-zero = mistake (with' { publish = [ { listen = "080"; } { listen = 80; } ]; })
    "${here}.publish.0.listen is \"127.0.0.1:80\" and ${here}.publish.1.listen is \"127.0.0.1:80\": they cannot both listen there, so change one of them.";
  publish-everywhere-and-there = mistake
    {
      namespaces.a = with' { publish = [ { listen = "[::]:80"; } ]; };
      namespaces.b = with' { publish = [ { listen = 80; } ]; };
    }
    "${here}.namespaces.a.publish.0.listen is \"[::]:80\" and ${here}.namespaces.b.publish.0.listen is \"127.0.0.1:80\": they cannot both listen there, so change one of them.";

  publish-a-path-that-is-too-long = mistake (with' { publish = [ { connect = 80; listen = "/run/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; } ]; })
    "${here}.publish.0.listen is \"/run/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket, at most 107 bytes long.";
  publish-a-path-by-udp = mistake (with' { publish = [ { connect = 80; listen = "/run/web.sock"; protocol = "udp"; } ]; })
    "${here}.publish.0.protocol is \"udp\", and ${here}.publish.0.listen is a path: leave ${here}.publish.0.protocol out.";
  publish-a-port-as-a-path = mistake (with' { publish = [ { listen = 80; protocol = "unix"; } ]; })
    "${here}.publish.0.protocol is \"unix\", and ${here}.publish.0.listen is no path: leave ${here}.publish.0.protocol out, or listen on a path.";
  publish-udp-to-a-path = mistake (with' { publish = [ { listen = 80; connect = "/run/web.sock"; protocol = "udp"; } ]; })
    "${here}.publish.0.protocol is \"udp\", and ${here}.publish.0.connect is a path: UDP goes to a port, so name one.";
  publish-udp-with-a-header = mistake (with' { publish = [ { listen = 80; protocol = "udp"; proxyProtocol = true; } ]; })
    "${here}.publish.0.proxyProtocol is one of connections, and ${here}.publish.0.protocol is \"udp\": leave it out.";
  publish-to-the-host-and-everybody = mistake (with' { publish = [ { listen = "0.0.0.0:80"; from = "host"; } ]; })
    "${here}.publish.0.from is \"host\", and ${here}.publish.0.listen is \"0.0.0.0:80\", which others reach: listen on 127.0.0.1, or set ${here}.publish.0.from = \"lan\".";
  publish-to-the-lan-and-nobody = mistake (with' { publish = [ { listen = 80; from = "lan"; } ]; })
    "${here}.publish.0.from is \"lan\", and ${here}.publish.0.listen is \"127.0.0.1:80\", which this machine alone reaches: name an address of the LAN or 0.0.0.0, or set ${here}.publish.0.from = \"host\".";
  publish-by-no-link = mistake (with' { publish = [ { listen = "0.0.0.0:80"; via = "link"; } ]; })
    "${here}.publish.0.via is \"link\", and there is no link: set ${here}.hostLink.enable = true, or leave ${here}.publish.0.via out.";
  publish-by-a-link-without-the-family = mistake (with' { hostLink.enable = true; publish = [ { listen = "[::]:80"; via = "link"; } ]; })
    "${here}.publish.0.listen is \"[::]:80\", and ${here}.hostLink has no IPv6 address: give both of its ends one, or leave ${here}.publish.0.via out.";
  publish-to-the-host-by-the-link = mistake (with' { hostLink.enable = true; publish = [ { listen = 80; via = "link"; } ]; })
    "${here}.publish.0.via is \"link\", and ${here}.publish.0.from is not \"lan\": leave ${here}.publish.0.via out.";
  publish-by-the-link-with-a-header = mistake (with' { hostLink.enable = true; publish = [ { listen = "0.0.0.0:80"; via = "link"; proxyProtocol = true; } ]; })
    "${here}.publish.0.proxyProtocol is of a proxy, and ${here}.publish.0.via = \"link\" has none: leave one of the two out.";
  publish-to-the-tunnel-an-address = mistake (with' { publish = [ { listen = "10.64.0.2:80"; from = "tunnel"; } ]; })
    "${here}.publish.0.listen is \"10.64.0.2:80\", and ${here}.publish.0.from is \"tunnel\": write the port alone that the provider forwards.";
  publish-to-the-tunnel-a-path = mistake (with' { publish = [ { listen = 80; from = "tunnel"; protocol = "unix"; } ]; })
    "${here}.publish.0.protocol is \"unix\", and ${here}.publish.0.from is \"tunnel\": what comes by a tunnel is \"tcp\" or \"udp\".";
  publish-to-the-tunnel-by-a-proxy = mistake (with' { publish = [ { listen = 80; from = "tunnel"; connect = 81; } ]; })
    "${here}.publish.0.connect is of a proxy, and ${here}.publish.0.from = \"tunnel\" has none: leave it out.";
  publish-to-the-tunnel-twice = mistake (with' { publish = [ { listen = 80; from = "tunnel"; } { listen = "080"; from = "tunnel"; } ]; })
    "${here}.publish.0.listen is \"127.0.0.1:80\" and ${here}.publish.1.listen is \"127.0.0.1:80\": they cannot both listen there, so change one of them.";
  publish-to-the-tunnel-with-a-star = mistake (with' { interfaceName = "wg*"; publish = [ { listen = 80; from = "tunnel"; } ]; })
    "${here}.publish has one from = \"tunnel\", and an interface whose name cannot stand in a rule: give it an interfaceName of letters, digits, '-', '_' and '.'.";
  publish-one-address-in-two-forms = mistake (with' { publish = [ { listen = "[::1]:80"; } { listen = "[0:0::1]:80"; } ]; })
    "${here}.publish.0.listen is \"[::1]:80\" and ${here}.publish.1.listen is \"[0:0::1]:80\": they cannot both listen there, so change one of them.";
}
