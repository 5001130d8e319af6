# The way back in: a port of the host reaches a service in the namespace, and the service has no other way to the host.
{ client, provider, functions, ... }:
{
  name = "wgns-publish";
  nodes = {
    inherit provider;
    client =
      { pkgs, ... }:
      {
        imports = [ client ];
        services.wireguard-namespace.publish = [
          {
            listen = "127.0.0.1:8080";
            connect = "127.0.0.1:80";
          }
        ];
        environment.etc."www/index.html".text = "a page of the service\n";
        systemd.services.web = {
          wantedBy = [ "multi-user.target" ];
          wireguardNamespace = "vpn";
          serviceConfig.ExecStart = "${pkgs.busybox}/bin/busybox httpd -f -p 127.0.0.1:80 -h /etc/www";
        };
      };
  };
  testScript = functions + ''
    start()
    client.wait_for_unit("web.service")
    client.wait_until_succeeds("curl -sS -m 20 http://127.0.0.1:8080/ | grep -F 'a page of the service'")
    client.fail("curl -sS -m 5 http://127.0.0.1:80/")
    the_page("page.example")
    nothing_leaked()
    the_counter_sees_a_leak()
  '';
}
