# What a restart, a reload, a crash and a stop of the tunnel do to a service with an open connection.
{ client, provider, talker, functions, ... }:
{
  name = "wgns-restart";
  nodes = {
    inherit provider;
    client.imports = [
      client
      talker
    ];
  };
  testScript = functions + ''
    def count():
        return int(client.succeed("cat /run/talker/count"))

    def connection_goes_on():
        before = count()
        client.wait_until_succeeds(f"test $(cat /run/talker/count) -gt {before + 2}", timeout=60)

    def what_is_kept():
        pid = client.succeed("systemctl show -P MainPID talker")
        index = client.succeed("ip -n vpn -j link show vpn | jq '.[0].ifindex'")
        return (pid, index, client.succeed("stat -L -c %i /run/netns/vpn"))

    start()
    client.wait_for_unit("talker.service")
    client.wait_until_succeeds("test -s /run/talker/count")
    connection_goes_on()
    kept = what_is_kept()

    client.succeed("systemctl restart wgns@vpn")
    assert what_is_kept() == kept
    connection_goes_on()

    client.succeed("systemctl reload wgns@vpn")
    assert what_is_kept() == kept
    connection_goes_on()

    client.succeed("kill -9 $(systemctl show -P MainPID wgns@vpn)")
    client.wait_until_succeeds("systemctl is-active wgns@vpn")
    assert what_is_kept() == kept
    connection_goes_on()

    client.succeed("systemctl stop wgns@vpn")
    assert client.succeed("systemctl show -P MainPID talker") == kept[0]
    assert "vpn" not in client.succeed("ip -n vpn -o link")
    client.succeed("systemctl start wgns@vpn")
    assert client.succeed("systemctl show -P MainPID talker") == kept[0]
    connection_goes_on()
    nothing_leaked()
  '';
}
