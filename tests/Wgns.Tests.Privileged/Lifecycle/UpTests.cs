using System.Text.Json;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>What `up` leaves, as the machine's own tools see it.</summary>
[Category("UserNamespace")]
public sealed class UpTests
{
    [Test]
    public void Nothing_is_forwarded_though_a_machine_that_forwards_hands_it_down()
    {
        using var lab = new Lab();
        lab.Save();
        lab.Up();
        Tool.Run("ip", "netns", "exec", lab.Name, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");

        lab.Up().Should().NotContain("nothing to do");

        Tool.Run("ip", "netns", "exec", lab.Name, "sysctl", "-a", "-r", @"conf\.[a-z0-9-]+\.forwarding").Should().Contain("net.ipv4.conf.all.forwarding = 0").And.NotContain("= 1");
        lab.ShouldBeSettled();
    }

    [Test]
    public void A_namespace_that_is_up_is_used_by_ip_netns_exec_with_its_own_dns_files()
    {
        using var lab = new Lab();
        lab.Up();
        Machine.Ip(lab.Name, "link", "show", "lo").Single().GetProperty("flags").EnumerateArray().Select(f => f.GetString())
            .Should().Contain("UP");
        Tool.Run("ip", "netns", "exec", lab.Name, "cat", "/etc/resolv.conf").Should().Contain("nameserver 10.99.0.1\n");
        Tool.Run("ip", "netns", "exec", lab.Name, "cat", "/etc/nsswitch.conf").Should().MatchRegex("(?m)^hosts: +files dns$");
        Tool.Run("ip", "netns", "exec", lab.Name, "readlink", "/proc/self/ns/net").Trim()
            .Should().NotBe(Machine.Link("/proc/self/ns/net"));
    }

    [Test]
    public void Dns_files_are_readable_by_every_user_and_written_by_root_only()
    {
        using var lab = new Lab { Extra = "dnsSearch = [\"example.net\", \"example.org\"]", Dns = "dns_server = [\"10.99.0.1\", \"fd99::1\"]" };
        lab.Save();
        lab.Up();
        File.ReadAllLines(lab.ResolvConf).Where(l => l[0] != '#')
            .Should().Equal("search example.net example.org", "nameserver 10.99.0.1", "nameserver fd99::1");
        Tool.Run("stat", "-c", "%a %u %F", lab.ResolvConf).Trim().Should().Be("644 0 regular file");
        Tool.Run("stat", "-c", "%a %u %F", $"/etc/netns/{lab.Name}/nsswitch.conf").Trim().Should().Be("644 0 regular file");
        Tool.Run("stat", "-c", "%a %u %F", $"/etc/netns/{lab.Name}").Trim().Should().Be("755 0 directory");
    }

    [Test]
    public void Dns_files_have_their_modes_whatever_the_umask_is()
    {
        using var lab = new Lab();
        using var shell = new Running("sh", ["-c", "umask 077; exec \"$0\" \"$@\"", Cli.Binary, "up", lab.Config]);
        shell.End().Exit.Should().Be(0);
        lab.Remember();
        Tool.Run("stat", "-c", "%a", lab.ResolvConf, $"/etc/netns/{lab.Name}", lab.State).Split('\n')
            .Should().Equal("644", "755", "644", string.Empty);
    }

    [Test]
    public void Rules_drop_what_comes_in_unasked_and_let_out_what_is_inside()
    {
        using var lab = new Lab();
        lab.Up();
        var list = Machine.Nft(lab.Name, "list", "ruleset");
        list.Where(e => e.TryGetProperty("table", out _)).Select(e => Text(e.GetProperty("table"), "family", "name"))
            .Should().Equal("inet wgns");
        list.Where(e => e.TryGetProperty("chain", out var chain) && chain.TryGetProperty("hook", out _))
            .Select(e => Text(e.GetProperty("chain"), "name", "type", "hook", "prio", "policy"))
            .Should().BeEquivalentTo(
                "input filter input 0 drop", "forward filter forward 0 drop", "output filter output 0 accept", "dns_redirect nat output -100 accept");
        var rules = Machine.Ruleset(lab.Name);
        rules.Should().Contain("iif \"lo\" accept").And.Contain("ct state invalid drop").And.Contain("ct state established,related accept");
        rules.Should().NotContain("meta nfproto ipv4", "there is a dns_server of IPv4");
    }

    [Test]
    public void Without_a_dns_server_port_53_is_rejected_and_resolv_conf_names_none()
    {
        using var lab = new Lab { Dns = string.Empty };
        lab.Save();
        lab.TryUp().Words.Should().Contain("warning").And.Contain("no dns_server");
        Machine.Ruleset(lab.Name).Should().MatchRegex("dport 53 counter reject");
        File.ReadAllText(lab.ResolvConf).Should().NotContain("nameserver");
    }

    [Test]
    public void Extra_rules_are_loaded_with_the_default_ones_in_one_transaction()
    {
        using var lab = new Lab
        {
            Rules = "add rule inet wgns input tcp dport 6881 accept\ntable inet mine {\n chain out {\n type filter hook output priority 5\n udp dport 123 drop\n }\n}\n",
        };
        lab.Save();
        lab.Up();
        var rules = Machine.Ruleset(lab.Name);
        rules.Should().Contain("tcp dport 6881 accept").And.Contain("table inet mine").And.Contain("udp dport 123 drop");

        // Each transaction that changes a ruleset makes a new generation of it, and nft's monitor hears of all.
        var monitor = lab.Enter("nft", "monitor");
        Until.True(() => File.ReadLines($"/proc/{monitor.Pid}/net/netlink").Any(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, "12", _, not "00000000", ..]))
            .Should().BeTrue("nft must listen");
        lab.ShouldBeSettled();
        lab.Rules = "add rule inet wgns input tcp dport 6882 accept\n";
        lab.Save();
        lab.Reload();
        monitor.Hear("# new generation");
        monitor.Signal("TERM").End().Output.Split('\n').Count(l => l.StartsWith("# new generation", StringComparison.Ordinal))
            .Should().Be(1, "a second up loads nothing, and flush, default and extra rules are one transaction");
        Machine.Ruleset(lab.Name).Should().Contain("6882").And.NotContain("6881").And.NotContain("table inet mine");
    }

    [Test]
    public void The_interface_has_its_addresses_routes_and_mtu_and_is_up()
    {
        using var lab = new Lab { Extra = "mtu = 1380", AllowedIps = """["0.0.0.0/0", "::/0", "10.1.2.0/24"]""" };
        lab.Save();
        lab.Up();
        var link = Machine.Ip(lab.Name, "address", "show", "dev", lab.Name).Single();
        link.GetProperty("mtu").GetInt32().Should().Be(1380);
        link.GetProperty("flags").EnumerateArray().Select(f => f.GetString()).Should().Contain("UP");
        link.GetProperty("addr_info").EnumerateArray()
            .Where(a => a.GetProperty("scope").GetString() == "global")
            .Select(a => $"{a.GetProperty("local")}/{a.GetProperty("prefixlen")}")
            .Should().BeEquivalentTo("10.99.0.2/32", "fd99::2/128");
        Machine.Ip(lab.Name, "route").Select(r => r.GetProperty("dst").GetString()).Should().BeEquivalentTo("default", "10.1.2.0/24");
        Machine.Ip(lab.Name, "-6", "route").Select(r => r.GetProperty("dst").GetString()).Should().Contain("default");
        Machine.Links("-j", "-n", lab.Name).Should().Equal("lo", lab.Name);
    }

    [Test]
    public void The_mtu_is_that_of_the_way_to_the_endpoint_less_80()
    {
        using var lab = new Lab(withProvider: true);
        Tool.Run("ip", "link", "set", lab.Provider!.HostLink, "mtu", "1450");
        lab.Up();
        Machine.Ip(lab.Name, "link", "show", "dev", lab.Name).Single().GetProperty("mtu").GetInt32().Should().Be(1370);
    }

    [Test]
    public void Without_allowedIPsAsRoutes_there_is_no_route_of_theirs()
    {
        using var lab = new Lab { Extra = "allowedIPsAsRoutes = false" };
        lab.Save();
        lab.Up();
        Machine.Ip(lab.Name, "route").Should().BeEmpty();
        Machine.Wg(lab.Name)[1][3].Should().Be("0.0.0.0/0,::/0");
    }

    [Test]
    public void Peers_have_their_endpoint_keepalive_preshared_key_and_allowed_ips()
    {
        using var lab = new Lab { PeerExtra = "presharedKeyFile = \"psk\"\npersistentKeepalive = 17", Extra = "listenPort = 47123\nfwMark = 4660" };
        var psk = lab.NewKey("psk");
        var inline = Transcript.Secret(Tool.Run("wg", "genpsk")).Trim();
        lab.MorePeers = $"""
            [[peers]]
            publicKey = "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA="
            presharedKey = "{inline}"
            endpoint = "[2001:db8::1]:4500"
            allowedIPs = ["10.200.0.0/16"]
            """;
        lab.Save();
        lab.Up();
        var wg = Machine.Wg(lab.Name);
        wg[0][1..].Should().Equal(lab.PublicKey, "47123", "0x1234");
        var peer = wg.Single(l => l[0] == lab.PeerKey);
        peer[1..5].Should().Equal(psk, lab.Endpoint, "0.0.0.0/0,::/0", "0");
        peer[7].Should().Be("17");
        var other = wg.Single(l => l[0].StartsWith("gN65", StringComparison.Ordinal));
        other[1].Should().Be(inline);
        other[2].Should().Be("[2001:db8::1]:4500");
        other[3].Should().Be("10.200.0.0/16");
        other[7].Should().Be("off");
    }

    private static string Text(JsonElement element, params string[] names) =>
        string.Join(' ', names.Select(n => element.GetProperty(n).ToString()));
}
