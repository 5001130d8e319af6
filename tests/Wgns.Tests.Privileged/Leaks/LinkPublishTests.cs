using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>[[publish]] with via = "link": the LAN gets to the published port by the kernel, and nothing else gets anywhere by it.</summary>
public sealed partial class LinkPublishTests
{
    private const string Port = "8112";

    private const string Service = """
        import socket, threading
        t = socket.create_server(("::", 8080), family=socket.AF_INET6, dualstack_ipv6=True)
        u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        u.bind(("::", 8080))
        def datagrams():
            while True:
                data, who = u.recvfrom(100)
                u.sendto(who[0].encode(), who)
        threading.Thread(target=datagrams, daemon=True).start()
        print("listening", flush=True)
        while True:
            c, who = t.accept()
            c.sendall(who[0].encode())
            c.close()
        """;

    private const string Client = """
        import socket, sys
        host, port, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
        s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
        s.settimeout(5 if kind == "tcp" else 3)
        try:
            s.connect((host, port))
            s.send(b"?")
            print(s.recv(100).decode())
        except OSError as e:
            print("no:", e)
        """;

    private static readonly string[] s_kinds = ["tcp", "udp"];

    [Test]
    public void A_neighbour_reaches_the_published_port_and_no_other_by_TCP_and_UDP_over_IPv4_and_IPv6()
    {
        using var street = new Street();
        using var lab = Up(street);
        foreach (var kind in s_kinds)
        {
            Ask(street.Lan, "192.0.2.2", kind).Should().Contain("10.231.7.1", "the service sees the host's end ({0})", kind);
            Ask(street.Lan, "2001:db8:1::2", kind).Should().Contain("fd31:7::1", kind);
            Ask(street.Lan, "192.0.2.2", kind, "8080").Should().StartWith("no:", "that is not published ({0})", kind);
        }

        // By way of the host to the end inside itself, past the published port.
        Tool.Run("ip", "-n", street.Lan, "route", "add", "10.231.7.0/30", "via", "192.0.2.2");
        Ask(street.Lan, "10.231.7.2", "tcp", "8080").Should().StartWith("no:");
        lab.Do("up", lab.Config).Should().Contain("nothing to do");
        Findings(lab)["host link"].Should().Be("ok");
        lab.Do("status", lab.Name).Should().Contain("lan0");
    }

    [TestCase("192.0.2.2", "10.231.7.1")]
    [TestCase("2001:db8:1::2", "fd31:7::1")]
    public void Who_goes_on_calling_by_UDP_while_it_is_down_is_answered_when_it_is_up(string address, string hostEnd)
    {
        using var street = new Street();
        Within.Run(street.Host, "nft", "add table inet theirs; add chain inet theirs in { type filter hook input priority 5; }; add rule inet theirs in ct state invalid drop");
        using var caller = SocketInside.Open(street.Lan, IPAddress.Parse(address).AddressFamily, SocketType.Dgram);
        caller.Connect(address, 8112);
        NamedAnswers.Ask(caller).Should().Be("ConnectionRefused", "a firewall that knows answers remembers the question");

        using var lab = Up(street);
        NamedAnswers.Ask(caller).Should().EndWith(hostEnd);
    }

    [Test]
    public void Nothing_begun_inside_gets_past_the_host_even_without_the_rules_inside()
    {
        using var street = new Street();
        using var lab = Up(street);
        Tool.Run("ip", "-n", lab.Name, "route", "replace", "192.0.2.0/24", "via", "10.231.7.1", "dev", "host0");
        Tool.Run("ip", "-n", lab.Name, "-6", "route", "replace", "2001:db8:1::/64", "via", "fd31:7::1", "dev", "host0");
        street.LeaksByPlace();
        Shoot(lab.Name);
        street.LeaksByPlace().Beyond.Select(p => p.ToString()).Should().BeEmpty();

        Within.Run(lab.Name, "nft", "flush", "ruleset");
        Shoot(lab.Name);
        street.LeaksByPlace().Beyond.Select(p => p.ToString()).Should().BeEmpty("the host's own rules hold");

        // The control: it is they that do.
        Within.Run(street.Host, "nft", "flush", "ruleset");
        Shoot(lab.Name);
        street.LeaksByPlace().Beyond.Should().NotBeEmpty();
    }

    [Test]
    public void Nothing_is_forwarded_between_other_links_of_the_host_that_was_not_before()
    {
        using var street = new Street();
        var other = street.LayOther("oth0");
        using var lab = Up(street);

        Pings(street.Lan, Street.Beyond).Should().BeFalse("lan0 forwards for the published port alone");
        Pings(other, Street.Neighbour).Should().BeFalse("oth0 does not forward");
        Ask(other, "192.0.2.2", "tcp").Should().StartWith("no:", "it comes by a link that is not the LAN's");

        // The control: without the rule it does, one way, and answers come by the link that does not.
        Within.Run(street.Host, "nft", "flush", "ruleset");
        Sysctl(street.Host, "net/ipv4/conf/oth0/forwarding", "1");
        Pings(street.Lan, Street.Beyond).Should().BeTrue();
        Sysctl(street.Host, "net/ipv4/conf/oth0/forwarding", "0");

        // What was forwarded before wgns stays so.
        lab.TryDown().Errors.Should().Contain("stays for the processes inside");
        Sysctl(street.Host, "net/ipv4/ip_forward", "1");
        lab.Up();
        Pings(street.Lan, Street.Beyond).Should().BeTrue();
        Ask(street.Lan, "192.0.2.2", "tcp", Port).Should().Contain("10.231.7.1");
    }

    [Test]
    public void A_reload_without_it_and_a_down_leave_the_host_as_it_was()
    {
        using var street = new Street();
        using var lab = MakeLab(street);
        var before = Shape(street.Host);
        Raise(lab);
        Shape(street.Host).Should().NotBe(before);
        Read(street.Host, "net/ipv4/ip_forward").Should().Be("0");
        Read(street.Host, "net/ipv6/conf/all/forwarding").Should().Be("0");
        Read(street.Host, "net/ipv4/conf/lan0/forwarding").Should().Be("1");
        var link = lab.Extra;
        lab.Extra = link[..link.IndexOf("\npublish", StringComparison.Ordinal)];
        lab.Save();
        lab.Do("reload", lab.Config);
        Read(street.Host, "net/ipv4/conf/lan0/forwarding").Should().Be("0");
        Machine.Ruleset(street.Host).Should().NotContain("dnat").And.NotContain("masquerade");
        lab.Extra = link;
        lab.Save();
        lab.Do("reload", lab.Config);
        Read(street.Host, "net/ipv4/conf/lan0/forwarding").Should().Be("1");

        lab.Down("--force");
        Shape(street.Host).Should().Be(before);
    }

    [Test]
    public void After_a_kill_at_any_operation_a_down_leaves_the_host_as_it_was()
    {
        using var street = new Street();
        using var lab = MakeLab(street);
        var before = Shape(street.Host);
        Crash.AtEveryPoint(lab, ["up", lab.Config], where =>
        {
            lab.Down();
            Shape(street.Host).Should().Be(before, where);
        }).Should().BeGreaterThan(30);
        lab.Down();
    }

    [Test]
    public void After_a_kill_at_any_operation_of_a_down_an_up_makes_the_same_again()
    {
        using var street = new Street();
        using var lab = MakeLab(street);
        var before = Shape(street.Host);
        lab.Up();
        Crash.AtEveryPoint(lab, ["down", lab.Name], where =>
        {
            lab.Up();
            Read(street.Host, "net/ipv4/conf/lan0/forwarding").Should().Be("1", where);
            Machine.Ruleset(street.Host).Should().Contain("not forwarded before wgns", where);
            lab.Do("up", lab.Config).Should().Contain("nothing to do", where);
        }).Should().BeGreaterThan(10);
        Shape(street.Host).Should().Be(before);
    }

    private const string Extra = """
        hostLink = { hostAddresses = ["10.231.7.1/30", "fd31:7::1/126"], nsAddresses = ["10.231.7.2/30", "fd31:7::2/126"] }
        publish = [
          { listen = "192.0.2.2:8112", connect = 8080, from = "lan", via = "link" },
          { listen = "[2001:db8:1::2]:8112", connect = 8080, from = "lan", via = "link" },
          { listen = "192.0.2.2:8112", connect = 8080, from = "lan", via = "link", protocol = "udp" },
          { listen = "[2001:db8:1::2]:8112", connect = 8080, from = "lan", via = "link", protocol = "udp" },
        ]
        """;

    private static Lab Up(Street street)
    {
        var lab = MakeLab(street);
        Raise(lab);
        return lab;
    }

    private static Lab MakeLab(Street street)
    {
        var lab = street.MakeLab();
        lab.Extra = Extra;
        lab.Save();
        return lab;
    }

    private static void Raise(Lab lab, string extra = Extra)
    {
        lab.Extra = extra;
        lab.Save();
        lab.Up();
        lab.Enter("python3", "-c", Service).Hear("listening");
    }

    private static string Ask(string netns, string host, string kind, string port = Port)
    {
        using var asking = Within.Start(netns, "timeout", "20", "python3", "-c", Client, host, port, kind);
        return asking.End().Output;
    }

    private static void Shoot(string netns)
    {
        foreach (var kind in s_kinds)
        {
            Ask(netns, Street.Neighbour, kind, "7");
            Ask(netns, "2001:db8:1::1", kind, "7");
        }

        Pings(netns, Street.Neighbour);
    }

    private static bool Pings(string netns, string address) => Within.Ask(netns, "ping", "-c", "2", "-W", "2", address).Exit == 0;

    private static string Read(string netns, string key) => Within.Run(netns, "cat", "/proc/sys/" + key).Trim();

    private static void Sysctl(string netns, string key, string value) => Within.Run(netns, "sh", "-c", $"echo {value} > /proc/sys/{key}");

    private static string Shape(string host) =>
        Within.Run(host, "sh", "-c", "grep . /proc/sys/net/ipv[46]/conf/*/*forwarding; cat /proc/sys/net/ipv4/ip_forward")
        + Machine.Ruleset(host) + string.Join(' ', Machine.Ip(host, "link").Select(l => l.GetProperty("ifname").GetString()));

    private static Dictionary<string, string> Findings(Lab lab)
    {
        using var running = lab.Start("verify", lab.Name, "--json");
        return JsonDocument.Parse(running.End().Output).RootElement.GetProperty("findings").EnumerateArray()
            .ToDictionary(f => f.GetProperty("check").GetString()!, f => f.GetProperty("outcome").GetString()!);
    }
}
