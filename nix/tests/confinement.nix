# A real service, Transmission, confined by one line: it sees the tunnel alone, and so do its names.
{ client, provider, functions, ... }:
{
  name = "wgns-confinement";
  nodes = {
    inherit provider;
    client =
      { pkgs, ... }:
      {
        imports = [ client ];
        services.transmission.enable = true;
        services.transmission.package = pkgs.transmission_4;
        systemd.services.transmission.wireguardNamespace = "vpn";
      };
  };
  testScript = functions + ''
    start()
    client.wait_for_unit("transmission.service")
    pid = client.succeed("systemctl show -P MainPID transmission").strip()

    def in_service(command):
        return client.succeed(f"nsenter -t {pid} -n -m {command}")

    assert client.succeed(f"stat -L -c %i /proc/{pid}/ns/net") == client.succeed("stat -L -c %i /run/netns/vpn")
    links = in_service("ip -o link")
    assert len(links.splitlines()) == 2, links
    assert "10.64.0.1" in in_service("cat /etc/resolv.conf")
    assert "10.64.0.1" in in_service("getent hosts page.example")
    # In nscd's place is the filter: it has users that nothing else knows, and no hosts.
    client.succeed("systemctl is-active wgns-nscd.socket")
    client.succeed("systemd-run --unit=dynamic -p DynamicUser=yes sleep infinity")
    assert "dynamic" in in_service("getent passwd dynamic")
    for daemon in ["/run/dbus/system_bus_socket", "/run/systemd/resolve"]:
        client.fail(f"nsenter -t {pid} -m test -e {daemon}")
    nothing_leaked()

    client.succeed("systemctl stop wgns-netns@vpn")
    client.wait_until_fails("systemctl is-active transmission")
    client.fail("test -e /run/netns/vpn")
  '';
}
