# A handshake, a page and a name through the tunnel, and nothing beside it.
{ client, provider, functions, ... }:
{
  name = "wgns-tunnel";
  nodes = {
    inherit client provider;
  };
  testScript = functions + ''
    start()
    client.succeed("wgns status vpn")
    assert int(client.succeed("ip netns exec vpn wg show vpn latest-handshakes | cut -f2")) > 0
    the_page("10.64.0.1")
    the_page("[fd64::1]")
    the_page("page.example")
    client.fail("curl -sS -m 10 http://page.example/")
    links = inside("ip -o link")
    assert len(links.splitlines()) == 2, links
    nothing_leaked()
    the_counter_sees_a_leak()
  '';
}
