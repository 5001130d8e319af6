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

  name-twice = mistake (with' { namespaces.other = with' { namespace_name = "vpn"; }; })
    "${here}.namespace_name and ${here}.namespaces.other.namespace_name are both \"vpn\": each namespace needs a name of its own.";
  interface-twice = mistake { namespaces.a = with' { interfaceName = "wg0"; }; namespaces.b = with' { interfaceName = "wg0"; }; }
    "${here}.namespaces.a.interfaceName and ${here}.namespaces.b.interfaceName are both \"wg0\": each interface needs a name of its own.";
  port-twice = mistake { namespaces.a = with' { listenPort = 51820; }; namespaces.b = with' { listenPort = 51820; }; }
    "${here}.namespaces.a.listenPort and ${here}.namespaces.b.listenPort are both 51820: the ports are the machine's, so each needs its own.";

  interface-without-name = mistake { dns_server = "10.64.0.1"; interfaces = [ (without [ "dns_server" ]) ]; }
    "${here}.interfaces.0.interfaceName is not set: each of the interfaces needs a name.";
  keys-beside-interfaces = mistake
    {
      dns_server = "10.64.0.1";
      ips = [ "10.64.0.2/32" ];
      interfaces = [ (without [ "dns_server" ] // { interfaceName = "wg0"; }) ];
    }
    "${here}.ips stands beside ${here}.interfaces: move it into one of the interfaces.";

  service-in-no-namespace = {
    module.services.wireguard-namespace = namespace;
    module.systemd.services.web.wireguardNamespace = "vnp";
    message = "systemd.services.web.wireguardNamespace is \"vnp\", and there is no such namespace: use one of vpn, or add ${here}.namespaces.vnp.";
  };
  service-joined-with-another = {
    module.services.wireguard-namespace = namespace;
    module.systemd.services.web = {
      wireguardNamespace = "vpn";
      unitConfig.JoinsNamespaceOf = "netns@vpn.service";
    };
    message = "systemd.services.web.unitConfig.JoinsNamespaceOf: the service would be in the network of that unit, and not in namespace vpn; take one of the two away.";
  };
  socket-without-any-namespace = {
    module.systemd.sockets.web.wireguardNamespace = "vpn";
    message = "systemd.sockets.web.wireguardNamespace is \"vpn\", and there is no such namespace: ${here} has none, or add ${here}.namespaces.vpn.";
  };

  publish-a-name = mistake (with' { publish = [ { listen = "localhost:80"; } ]; })
    "${here}.publish.0.listen is \"localhost:80\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket of letters, digits, '_', '-' and '.'.";
  publish-to-a-name = mistake (with' { publish = [ { listen = 80; connect = "web:80"; } ]; })
    "${here}.publish.0.connect is \"web:80\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket of letters, digits, '_', '-' and '.'.";
  publish-a-port-out-of-range = mistake (with' { publish = [ { listen = "127.0.0.1:65536"; } ]; })
    "${here}.publish.0.listen is \"127.0.0.1:65536\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket of letters, digits, '_', '-' and '.'.";
  publish-to-port-zero = mistake (with' { publish = [ { listen = 80; connect = "0"; } ]; })
    "${here}.publish.0.connect is \"0\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket of letters, digits, '_', '-' and '.'.";
  publish-half-an-address = mistake (with' { publish = [ { listen = "10.1:80"; } ]; })
    "${here}.publish.0.listen is \"10.1:80\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket of letters, digits, '_', '-' and '.'.";
  publish-a-path-with-a-way-up = mistake (with' { publish = [ { connect = 80; listen = "/run/../web.sock"; } ]; })
    "${here}.publish.0.listen is \"/run/../web.sock\": write a port (1 to 65535), address:port, [IPv6 address]:port, or the absolute path of a unix socket of letters, digits, '_', '-' and '.'.";
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
}
