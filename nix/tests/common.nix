# Two machines: a "provider" with WireGuard, resolver, web server and echo server, and a "client" whose namespace has its
# tunnel there.
#
#   client   eth1 ------------ eth1  provider
#     netns vpn                      wg0  10.64.0.1/24, fd64::1/64, UDP port 51820
#       vpn 10.64.0.2, fd64::2       http 80, DNS 53 (page.example is 10.64.0.1), TCP echo 7
{ lib, module }:
let
  # Keys for these machines alone: everybody can read them here.
  keys = {
    provider.private = "MIYvRXQlswiIcBVIC8FPhWCLLHcWzS5LmccPHoBP2FA=";
    provider.public = "eExaW4zjFUAWZQS00O2t797bVUGsEklcZIWsuubZ22E=";
    client.private = "cLs5hhxWRrxpYP7/nyZwdF4fSMOrK7JoIFSERTCrb1E=";
    client.public = "Ye+rmnXvI5Fyeal+P08yq1166m+RdU+FC2tHsyldOmg=";
  };
  keyFile = text: {
    inherit text;
    mode = "0600";
  };
in
{
  inherit lib keys;

  provider =
    { pkgs, ... }:
    {
      networking.firewall.enable = false;
      environment.etc."keys/provider" = keyFile keys.provider.private;
      networking.wireguard.interfaces.wg0 = {
        ips = [
          "10.64.0.1/24"
          "fd64::1/64"
        ];
        listenPort = 51820;
        privateKeyFile = "/etc/keys/provider";
        peers = [
          {
            publicKey = keys.client.public;
            allowedIPs = [
              "10.64.0.2/32"
              "fd64::2/128"
            ];
          }
        ];
      };
      environment.systemPackages = [
        pkgs.nftables
        pkgs.tcpdump
        pkgs.jq
      ];
      environment.etc."watch.nft".source = ../../tests/vm/guest/watch.nft;
      environment.etc."www/index.html".text = "a page of the provider\n";
      systemd.services.page = {
        wantedBy = [ "multi-user.target" ];
        serviceConfig.ExecStart = "${pkgs.busybox}/bin/busybox httpd -f -p 80 -h /etc/www";
      };
      systemd.services.echo = {
        wantedBy = [ "multi-user.target" ];
        serviceConfig.ExecStart = "${pkgs.socat}/bin/socat TCP-LISTEN:7,fork,reuseaddr EXEC:${pkgs.coreutils}/bin/cat";
      };
      services.resolved.enable = false;
      services.dnsmasq.enable = true;
      services.dnsmasq.settings = {
        interface = "wg0";
        bind-dynamic = true;
        no-resolv = true;
        address = "/page.example/10.64.0.1";
      };
    };

  client =
    { pkgs, ... }:
    {
      imports = [ module ];
      environment.etc."keys/client" = keyFile keys.client.private;
      environment.systemPackages = [
        pkgs.curl
        pkgs.jq
        pkgs.wireguard-tools
      ];
      services.wireguard-namespace = {
        dns_server = "10.64.0.1";
        ips = [
          "10.64.0.2/24"
          "fd64::2/64"
        ];
        privateKeyFile = "/etc/keys/client";
        peers = [
          {
            publicKey = keys.provider.public;
            allowedIPs = [
              "0.0.0.0/0"
              "::/0"
            ];
            endpoint = "provider:51820";
            persistentKeepalive = 25;
          }
        ];
      };
    };

  # Talks to the echo server over one connection that it never opens again; says how often in /run/talker/count.
  talker =
    { pkgs, ... }:
    {
      systemd.services.talker = {
        wantedBy = [ "multi-user.target" ];
        wireguardNamespace = "vpn";
        serviceConfig.RuntimeDirectory = "talker";
        serviceConfig.DynamicUser = true;
        path = [ pkgs.coreutils ];
        serviceConfig.Restart = "on-failure";
        serviceConfig.RestartSec = 1;
        script = ''
          exec 3<>/dev/tcp/10.64.0.1/7
          n=0
          echo "$n" >&3
          while read -r -t 60 answer <&3; do
            n=$((n + 1))
            echo "$n" > /run/talker/count
            sleep 0.2
            echo "$n" >&3
          done
        '';
      };
    };

  # Python for every test: what the provider sees on the wire, and what somebody inside gets.
  functions = ''
    def start():
        start_all()
        provider.wait_for_unit("multi-user.target")
        provider.wait_for_unit("wireguard-wg0.service")
        provider.wait_for_open_port(80)
        provider.succeed("nft -D 'wire=\"eth1\"' -f /etc/watch.nft")
        client.wait_for_unit("wgns@vpn.service")

    def counted(name):
        rules = f"nft -j list counter netdev watch {name}"
        return int(provider.succeed(f"{rules} | jq '.nftables[] | .counter? // empty | .packets'"))

    def nothing_leaked():
        assert counted("tunnel") > 0, "nothing came through the tunnel"
        assert counted("leak") == 0, f"{counted('leak')} packets came beside the tunnel"

    def the_counter_sees_a_leak():
        client.succeed("ping -c 1 -W 5 provider")
        assert counted("leak") > 0, "the counter cannot see what it is there for"

    def inside(command):
        return client.succeed(f"wgns exec vpn -- {command}")

    def the_page(host):
        assert "a page of the provider" in inside(f"curl -sS -m 20 'http://{host}/'")
  '';
}
