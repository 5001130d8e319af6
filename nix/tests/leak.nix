# Nothing gets out beside the tunnel while it stands, while it is down and while it comes back; with nscd and resolved on.
{ client, provider, talker, functions, ... }:
{
  name = "wgns-leak";
  nodes = {
    inherit provider;
    client =
      { nodes, ... }:
      {
        imports = [
          client
          talker
        ];
        services.nscd.enable = true;
        services.resolved.enable = true;
        # What the host's own resolver is asked goes out on the wire in the clear.
        networking.nameservers = [ nodes.provider.networking.primaryIPAddress ];
      };
  };
  testScript = functions + ''
    def captured():
        provider.succeed("sleep 2")
        return int(provider.succeed("tcpdump -r /tmp/leak.pcap 2>/dev/null | wc -l"))

    start()
    # mDNS and LLMNR are the host's own: what is asked for here is what comes from inside.
    everything_else = "not (udp port 51820) and not arp and not icmp6 and not port 5353 and not port 5355"
    provider.succeed(
        f"systemd-run --unit=capture tcpdump -U -Q in -i eth1 -w /tmp/leak.pcap '{everything_else}'"
    )
    provider.wait_until_succeeds("test -s /tmp/leak.pcap")

    address = provider.succeed("ip -j -4 address show eth1 | jq -r '.[0].addr_info[0].local'").strip()

    def everybody_tries():
        inside(f"sh -c 'ping -c 1 -W 1 {address}; curl -m 2 http://{address}/; getent hosts a.example; true'")
        client.execute("systemctl restart nscd")
        client.succeed("systemctl restart systemd-resolved")
        inside("sh -c 'getent hosts b.example; true'")

    the_page("page.example")
    everybody_tries()
    client.succeed("systemctl stop wgns@vpn")
    client.wait_for_unit("talker.service")
    pid = client.succeed("systemctl show -P MainPID talker").strip()
    client.execute(f"nsenter -t {pid} -n ping -c 1 -W 1 {address}")
    client.execute(f"nsenter -t {pid} -n -m getent hosts c.example")
    client.succeed("systemctl start wgns@vpn")
    everybody_tries()
    the_page("page.example")
    assert captured() == 0, provider.succeed("tcpdump -n -r /tmp/leak.pcap")

    client.succeed(f"ping -c 1 -W 5 {address}")
    pings = captured()
    assert pings > 0, "the capture cannot see a packet beside the tunnel"
    client.execute("getent hosts d.example")
    assert captured() > pings, "the capture cannot see a name that the host looks up"
  '';
}
