# Configurations of NixOS that are right, by name.
let
  peer = {
    publicKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
    allowedIPs = [ "0.0.0.0/0" "::/0" ];
    endpoint = "vpn.example.net:51820";
  };
  namespace = {
    dns_server = "10.64.0.1";
    ips = [ "10.64.0.2/32" ];
    privateKeyFile = "/run/keys/vpn";
    peers = [ peer ];
  };
  other = namespace // {
    ips = [ "10.65.0.2/32" ];
    privateKeyFile = "/run/keys/other";
  };
in
{
  # As the original flake shows it: no `enable`, the name by default, a secret of agenix.
  original =
    { config, ... }:
    {
      age.secrets.my_vpn_key.path = "/run/agenix/my_vpn_key";
      services.wireguard-namespace = {
        dns_server = "10.64.0.1";
        ips = [ "10.64.0.2/32" ];
        privateKeyFile = config.age.secrets.my_vpn_key.path;
        peers = [
          {
            publicKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
            allowedIPs = [ "0.0.0.0/0" ];
            endpoint = "192.0.2.1:51820";
          }
        ];
      };
    };

  # Every option that the original flake had.
  originalEverything.services.wireguard-namespace = {
    namespace_name = "tunnel";
    dns_server = "10.64.0.1";
    extraFirewallRules = "add rule inet wgns input tcp dport 6881 accept";
    ips = [ "10.64.0.2/32" ];
    privateKeyFile = "/private/wireguard_key";
    peers = [
      {
        publicKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
        presharedKey = null;
        presharedKeyFile = "/private/wireguard_psk";
        allowedIPs = [ "10.192.122.3/32" "10.64.0.0/10" ];
        endpoint = "demo.wireguard.io:12913";
        dynamicEndpointRefreshSeconds = 5;
        persistentKeepalive = 25;
      }
    ];
  };

  # Another unit makes it.
  unmanaged.services.wireguard-namespace = namespace // {
    managed = false;
    birthplaceNamespace = "outer";
  };

  none = { };

  minimal.services.wireguard-namespace = namespace;

  withoutNscd =
    { lib, ... }:
    {
      services.nscd.enable = false;
      system.nssModules = lib.mkForce [ ];
      services.wireguard-namespace = namespace;
    };

  withoutDns.services.wireguard-namespace = namespace // { dns_server = [ ]; };

  switchedOff.services.wireguard-namespace = namespace // { enable = false; };

  everything.services.wireguard-namespace = {
    namespace_name = "all";
    dns_server = [ "10.64.0.1" "fd00:64::1" ];
    dnsSearch = [ "corp.example.net" ];
    dnsFiles = "write";
    dnsEnforcement = "reject";
    extraFirewallRules = ''
      add rule inet wgns input tcp dport 51413 accept
      add rule inet wgns input udp dport 51413 accept
    '';
    ready = "all";
    readyTimeout = 30;
    readyRequired = true;
    interfaceName = "wg0";
    ips = [ "10.64.0.2/32" "fd00:64::2/128" ];
    privateKeyFile = "/run/keys/100% private";
    listenPort = 51820;
    mtu = 1380;
    fwMark = "0x6e6978";
    allowedIPsAsRoutes = true;
    engine = "kernel";
    peers = [
      (
        peer
        // {
          presharedKeyFile = "/run/keys/psk";
          dynamicEndpointRefreshSeconds = 300;
          persistentKeepalive = 25;
        }
      )
      {
        publicKey = "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=";
        presharedKeyFile = "credential:of-my-own";
        allowedIPs = [ "10.8.0.0/24" ];
        endpoint = "[2001:db8::1]:51820";
      }
    ];
  };

  two.services.wireguard-namespace = namespace // {
    namespaces.nl = other;
    namespaces.se = other // {
      namespace_name = "sweden";
      enable = true;
    };
    namespaces.off = {
      enable = false;
    };
  };

  onlyNamespaces.services.wireguard-namespace.namespaces.nl = other;

  interfaces.services.wireguard-namespace = {
    dns_server = "10.64.0.1";
    interfaces = [
      {
        interfaceName = "wan";
        ips = [ "10.64.0.2/32" ];
        privateKeyFile = "/run/keys/wan";
        peers = [ (peer // { allowedIPs = [ "0.0.0.0/0" ]; }) ];
      }
      {
        interfaceName = "office";
        ips = [ "10.8.0.7/24" ];
        privateKeyFile = "/run/keys/office";
        engine = "wireguard-go";
        peers = [
          {
            publicKey = "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=";
            presharedKeyFile = "/run/keys/office-psk";
            allowedIPs = [ "10.8.0.0/24" ];
          }
        ];
      }
    ];
  };

  immutableEtc = {
    system.etc.overlay.enable = true;
    system.etc.overlay.mutable = false;
    # Which it needs.
    boot.initrd.systemd.enable = true;
    systemd.sysusers.enable = true;
    users.mutableUsers = false;
    services.wireguard-namespace = namespace // {
      dns_server = [ "10.64.0.1" "fd00:64::1" ];
      dnsSearch = [ "a.example" "b.example" ];
    };
  };

  # Each has its port in a network of its own.
  onePortInTwoBirthplaces.services.wireguard-namespace = namespace // {
    listenPort = 51820;
    namespaces.nl = other // {
      listenPort = 51820;
      birthplaceNamespace = "vpn";
    };
  };

  # Made as it is of the file's table, without `enable`.
  linkByItsOptions.services.wireguard-namespace = namespace // {
    hostLink.hostAddresses = [ "10.200.0.1/30" ];
    hostLink.nsAddresses = [ "10.200.0.2/30" ];
  };

  hooked = {
    services.wireguard-namespace = namespace // {
      hooks.preDown = [ { command = "my-hook"; } ];
    };
    systemd.services."wgns@vpn".path = [ "/nix/store/33333333333333333333333333333333-hooks" ];
  };

  # Right for systemd; switch-to-configuration looks for a template with another name.
  dottedName.services.wireguard-namespace.namespaces = {
    "vpn.nl" = namespace;
    "vpn@nl" = other;
  };

  keyInTheStore.services.wireguard-namespace = namespace // {
    privateKeyFile = "/nix/store/00000000000000000000000000000000-vpn.key";
    peers = [ (peer // { presharedKey = "rVXs/Ni9tu3oDBLS4hOyAUAa1qTWVA3loR8eL20os3I="; }) ];
  };

  rulesOfTheOriginal.services.wireguard-namespace = namespace // {
    extraFirewallRules = "add rule inet my_table my_input tcp dport 6881 accept";
  };

  # The same with a peer put first: what reloads and what restarts.
  anotherPeerFirst.services.wireguard-namespace = namespace // {
    peers = [
      {
        publicKey = "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=";
        allowedIPs = [ "10.8.0.0/24" ];
        presharedKeyFile = "/run/keys/first";
      }
      (peer // { presharedKeyFile = "/run/keys/psk"; })
    ];
  };
  oneKeyedPeer.services.wireguard-namespace = namespace // {
    peers = [ (peer // { presharedKeyFile = "/run/keys/psk"; }) ];
  };

  # One line confines a service; what it says of itself stays its own.
  confined = {
    services.wireguard-namespace = namespace;
    environment.etc."netns/vpn/hosts".text = "127.0.0.1 localhost\n";
    environment.etc."netns/vpn/ssl/cert.pem".text = "";
    systemd.services.simple = {
      wireguardNamespace = "vpn";
      serviceConfig.ExecStart = "/bin/true";
    };
    systemd.services.rich = {
      wireguardNamespace = "vpn";
      serviceConfig = {
        ExecStart = "/bin/true";
        RuntimeDirectory = "rich rich/sub:link";
        ConfigurationDirectory = [ "rich" ];
        ReadWritePaths = [
          "-/run/shared"
          "/etc/elsewhere"
          "/var/lib/rich"
        ];
        RestrictAddressFamilies = "AF_INET AF_INET6";
        SystemCallFilter = [
          "~@mount"
          ""
          "@system-service"
          "~@privileged"
        ];
      };
    };
    systemd.services.free.serviceConfig.ExecStart = "/bin/true";
    systemd.services.listening.serviceConfig.ExecStart = "/bin/true";
    systemd.sockets.listening = {
      wireguardNamespace = "vpn";
      listenStreams = [ "8080" ];
    };
  };

  # Instances have the files of their template besides their own.
  confinedInstances = {
    services.wireguard-namespace = namespace;
    systemd.services."binding@".serviceConfig = {
      ExecStart = "/bin/true";
      BindPaths = [ "/run" "/srv" ];
      SystemCallFilter = "@system-service";
    };
    systemd.services."binding@one" = {
      overrideStrategy = "asDropin";
      wireguardNamespace = "vpn";
      serviceConfig.SystemCallErrorNumber = "EPERM";
    };
    systemd.services."inside@" = {
      wireguardNamespace = "vpn";
      serviceConfig.ExecStart = "/bin/true";
    };
    systemd.services."inside@one" = {
      overrideStrategy = "asDropin";
      serviceConfig.BindReadOnlyPaths = "/run/nscd";
    };
  };

  # What of the machine's a confined service still gets.
  confinedHalf = {
    services.wireguard-namespace = namespace;
    systemd.services.resolving = {
      wireguardNamespace = "vpn";
      serviceConfig.ExecStartPre = [ "+/bin/true" ];
      serviceConfig.ExecStart = "-+/bin/true";
    };
    # They share /tmp, and no network.
    systemd.services.sharing = {
      unitConfig.JoinsNamespaceOf = "web.service";
      serviceConfig.ExecStart = "/bin/true";
      serviceConfig.PrivateTmp = true;
    };
    systemd.services.received = {
      wireguardNamespace = "vpn";
      serviceConfig.ExecStart = "/bin/true";
    };
    systemd.sockets.received.listenDatagrams = [ "514" ];
    systemd.services.web = {
      wireguardNamespace = "vpn";
      serviceConfig.ExecStart = "/bin/true";
    };
    systemd.sockets.web.listenStreams = [ "80" ];
    systemd.sockets.quic.socketConfig = {
      ListenDatagram = 443;
      Service = "web.service";
    };
    systemd.services.inside = {
      wireguardNamespace = "vpn";
      serviceConfig.ExecStart = "/bin/true";
    };
    systemd.sockets.inside = {
      wireguardNamespace = "vpn";
      listenDatagrams = [ "53" ];
    };
    systemd.services.outside.serviceConfig.ExecStart = "/bin/true";
    systemd.sockets.outside = {
      wireguardNamespace = "vpn";
      listenStreams = [ "1080" ];
    };
    systemd.services."each@".serviceConfig.ExecStart = "-/bin/true";
    systemd.sockets.each = {
      wireguardNamespace = "vpn";
      listenStreams = [ "1081" ];
      socketConfig.Accept = true;
    };
    systemd.sockets.eachInside = {
      wireguardNamespace = "vpn";
      listenStreams = [ "1082" ];
      socketConfig.Accept = "yes";
    };
    systemd.services."eachInside@" = {
      wireguardNamespace = "vpn";
      serviceConfig.ExecStart = "-/bin/true";
      serviceConfig.StandardInput = "socket";
    };
  };

  # Names that are no service's here: of a slip, and of a package's.
  confinedByName = {
    services.wireguard-namespace = namespace;
    systemd.services.transmision.wireguardNamespace = "vpn";
    systemd.services.transmission.serviceConfig.ExecStart = "/bin/true";
    systemd.services."instance@one" = {
      wireguardNamespace = "vpn";
      wantedBy = [ "multi-user.target" ];
    };
    systemd.services."instance@".serviceConfig.ExecStart = "/bin/true";
    systemd.services.packaged = {
      wireguardNamespace = "vpn";
      wantedBy = [ "multi-user.target" ];
    };
    systemd.services.activated = {
      wireguardNamespace = "vpn";
      overrideStrategy = "asDropin";
    };
    systemd.services.scripted = {
      wireguardNamespace = "vpn";
      script = "true";
    };
  };

  # As NixOS' Transmission has it: the host's /run and /etc, whole.
  bindsEverything = {
    services.wireguard-namespace = namespace;
    systemd.services.transmission = {
      wireguardNamespace = "vpn";
      before = [ "nss-lookup.target" ];
      serviceConfig = {
        ExecStart = "/bin/true";
        RuntimeDirectory = [ "transmission" ];
        RootDirectory = "/run/transmission";
        BindPaths = [
          "/var/lib/transmission"
          "/run"
        ];
        BindReadOnlyPaths = [
          "/nix/store"
          "/etc"
          "-/run/agenix/transmission"
          "/run:/var/run"
          "%t/systemd/resolve/io.systemd.Resolve"
        ];
        ReadWritePaths = "-%t /var/lib/transmission";
        ReadOnlyPaths = [ "/srv" ];
        RestrictAddressFamilies = "none";
      };
    };
  };

  linked.services.wireguard-namespace = namespace // {
    hostLink = {
      enable = true;
      nsInterface = "eth0";
      hostAddresses = [ "10.200.0.1/30" ];
      nsAddresses = [ "10.200.0.2/30" ];
    };
    namespaces.nl = other // {
      hostLink.enable = true;
    };
  };

  published.services.wireguard-namespace = namespace // {
    publish = [
      { listen = 9091; }
      {
        listen = "0.0.0.0:8112";
        connect = "127.0.0.1:8113";
        idle = 0;
      }
      {
        listen = "[::1]:8114";
        connect = "/run/web-ui/a-b.sock";
      }
      {
        listen = "/run/outside-web.sock";
        connect = 8115;
        idle = 60;
      }
      {
        listen = "[fd00::1]:5353";
        protocol = "udp";
        from = "lan";
      }
      {
        listen = 8116;
        connect = 80;
        from = "host";
        proxyProtocol = true;
      }
      {
        listen = 51413;
        from = "tunnel";
      }
    ];
  };

  # Paths that a unit's name, a unit's text, and a file in the store cannot have as they are.
  publishedPaths.services.wireguard-namespace = namespace // {
    publish =
      map (listen: { inherit listen; connect = listen; }) [
        "/.hidden/..."
        "/run/a b,c;d(e)'f\"g%i$h~[j]^`{|}.sock"
        "/run/wéb.sock"
        "/run/---------------------------------------------------------------------------------"
      ]
      ++ [ { listen = "[fd00::1]:80"; connect = "/run/$x %i"; } ];
  };

  # Names of interfaces that no credential can have.
  oddInterfaceNames.services.wireguard-namespace = {
    dns_server = "10.64.0.1";
    interfaces = map (interfaceName: {
      inherit interfaceName;
      ips = [ "10.64.0.2/32" ];
      privateKeyFile = "/run/keys/${interfaceName}";
      allowedIPsAsRoutes = interfaceName == "ẅg";
      peers = [ (peer // { presharedKeyFile = "/run/keys/psk"; }) ];
    }) [ "ẅg" "wg\"0" "wg\\1" ];
  };

  # What somebody may want of their own: another build of the program, and a word with the units.
  ofOnesOwn = { config, ... }: {
    age.secrets.my_vpn_key.file = "/nix/store/11111111111111111111111111111111-my_vpn_key.age";
    services.wireguard-namespace = namespace // {
      package = {
        type = "derivation";
        name = "my-wgns";
        outPath = "/nix/store/11111111111111111111111111111111-my-wgns";
      };
      publish = [ { listen = 80; } ];
    };
    systemd.services."wgns@vpn" = {
      after = [ "keys.target" ];
      restartTriggers = [ config.age.secrets.my_vpn_key.file ];
      serviceConfig.RestartSec = 10;
    };
  };
}
