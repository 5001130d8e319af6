# A provider whose address changes behind its name is found again, without a restart.
{ lib, client, provider, functions, keys, ... }:
{
  name = "wgns-endpoint";
  nodes = {
    inherit provider;
    client =
      { ... }:
      {
        imports = [ client ];
        # A file that the test can write, and nobody who remembers what was in it.
        environment.etc.hosts.mode = "0644";
        services.nscd.enable = lib.mkForce false;
        system.nssModules = lib.mkForce [ ];
        services.wireguard-namespace.peers = lib.mkForce [
          {
            publicKey = keys.provider.public;
            allowedIPs = [
              "0.0.0.0/0"
              "::/0"
            ];
            endpoint = "moving.example:51820";
            dynamicEndpointRefreshSeconds = 5;
            persistentKeepalive = 5;
          }
        ];
      };
  };
  testScript = functions + ''
    start_all()
    provider.wait_for_unit("wireguard-wg0.service")
    provider.wait_for_open_port(80)
    provider.succeed("ip address add 192.168.1.101/24 dev eth1 && ip address add 192.168.1.102/24 dev eth1")
    # At first the name is nobody's, and the tunnel's unit waits for it.
    client.wait_for_unit("wgns-netns@vpn.service")

    def moves_to(address):
        client.succeed(f"sed -i '/moving.example/d' /etc/hosts && echo '{address} moving.example' >> /etc/hosts")
        client.wait_until_succeeds(f"ip netns exec vpn wg show vpn endpoints | grep -F '{address}:51820'", timeout=90)
        the_page("10.64.0.1")

    moves_to("192.168.1.101")
    pid = client.succeed("systemctl show -P MainPID wgns@vpn")
    moves_to("192.168.1.102")
    provider.succeed("ip address delete 192.168.1.101/24 dev eth1")
    the_page("page.example")
    assert client.succeed("systemctl show -P MainPID wgns@vpn") == pid
  '';
}
