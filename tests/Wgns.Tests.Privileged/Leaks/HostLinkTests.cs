using System.Globalization;
using System.Text.Json;
using Wgns.Tests.Privileged.Lifecycle;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>A link to the host carries what the host asks for and its answers, whatever becomes of the tunnel and of the routes.</summary>
public sealed class HostLinkTests
{
    private const string Answers = """
        import socket, sys
        s = socket.create_server(("0.0.0.0", int(sys.argv[1])))
        print("listening", flush=True)
        while True:
            c, _ = s.accept()
            c.sendall(b"hello\n")
            c.close()
        """;

    private static readonly string[] s_moments = ["steady", "the endpoint does not answer", "the engine is killed", "the engine is killed, and a default route leads to the host"];

    [TestCaseSource(nameof(s_moments))]
    public void Nothing_of_the_tunnels_goes_by_the_host_link(string moment)
    {
        using var street = new Street();
        using var lab = Up(street, out var host);
        Live(moment, lab, host);

        var (here, beyond) = street.LeaksByPlace();
        beyond.Select(p => p.ToString()).Should().BeEmpty("nothing gets past the host");
        here.Where(p => p.Kind != "packet").Select(p => p.ToString()).Should().BeEmpty("only frames of packet(7) pass by the rules inside, and the host drops those");
    }

    [Test]
    public void Without_the_rules_inside_the_same_goes_by_the_host_link()
    {
        using var street = new Street();
        using var lab = Up(street, out var host);
        foreach (var chain in (string[])["output", "host_link_out"])
        {
            lab.Enter("nft", "flush", "chain", "inet", "wgns", chain).End().Exit.Should().Be(0);
        }

        Live(s_moments[3], lab, host);

        street.LeaksByPlace().Here.Select(p => p.Kind).Should().Contain(["udp", "tcp", "ping", "raw", "bound-broadcast"]);
    }

    [Test]
    public void The_host_reaches_a_published_port_and_no_other_and_is_not_reached()
    {
        using var street = new Street();
        using var lab = Up(street, out var host);
        var inside = Address(Machine.Ip(lab.Name, "address", "show", "host0").Single());
        lab.Enter("python3", "-c", Answers, "8080").Hear("listening");
        lab.Enter("python3", "-c", Answers, "8081").Hear("listening");
        street.Start("python3", "-c", Answers, "8082").Hear("listening");

        Asked(street.Host, inside, 8080).Should().Be("hello\n");
        Asked(street.Host, inside, 8081).Should().BeEmpty("it is not published");
        Asked(lab.Name, host, 8082).Should().BeEmpty("nothing is begun from inside");
        Asked(street.Host, host, 8082).Should().Be("hello\n", "the control: it listens");

        lab.Rules = "add rule inet wgns host_link tcp dport 8081 accept\n";
        lab.Save();
        lab.Do("reload", lab.Config);
        Asked(street.Host, inside, 8081).Should().Be("hello\n");
    }

    [Test]
    public void It_is_made_as_it_is_said_is_not_made_twice_and_goes_to_the_last_rule()
    {
        using var street = new Street();
        using (var lab = Up(street, out var host))
        {
            var name = $"wgh-{lab.Name}";
            lab.Do("up", lab.Config).Should().Contain("nothing to do");
            foreach (var (netns, link) in ((string, string)[])[(street.Host, name), (lab.Name, "host0")])
            {
                Machine.Ip(netns, "link", "show", link).Single().GetProperty("linkinfo").GetProperty("info_kind").GetString().Should().Be("veth");
                Machine.Ip(netns, "address", "show", link).Single().GetProperty("addr_info").EnumerateArray().Should().ContainSingle("no link-local address was asked for");
                Machine.Ip(netns, "route", "show", "dev", link).Should().ContainSingle().Which.GetProperty("protocol").GetString().Should().Be("kernel");
                Within.Run(netns, "cat", $"/proc/sys/net/ipv4/conf/{link}/forwarding").Trim().Should().Be("0");
            }

            Within.Run(street.Host, "cat", "/proc/sys/net/ipv4/ip_forward").Trim().Should().Be("0");
            Failures(lab).Keys.Should().NotContain(["links", "routes", "host link", "configuration"]);
            lab.Do("status", lab.Name).Should().Contain($"host link").And.Contain(host);

            // Taken away, changed: put back. Verify says it before.
            Tool.Run("ip", "-n", lab.Name, "link", "delete", "host0");
            Failures(lab).Keys.Should().Contain("host link");
            lab.Do("up", lab.Config).Should().NotContain("nothing to do");
            Within.Run(street.Host, "nft", "flush", "ruleset");
            Tool.Run("ip", "-n", lab.Name, "route", "add", "203.0.113.0/24", "dev", "host0");
            Failures(lab)["host link"].Should().Contain("table inet wgns_");
            lab.Do("up", lab.Config);
            Failures(lab).Keys.Should().NotContain("host link");
            Machine.Ip(lab.Name, "route", "show", "dev", "host0").Should().ContainSingle();

            lab.Down();
            Machine.Ip(street.Host, "link").Select(l => l.GetProperty("ifname").GetString()).Should().NotContain(name);
            Machine.Ruleset(street.Host).Should().BeEmpty();
        }
    }

    private static Lab Up(Street street, out string host)
    {
        var lab = street.MakeLab();
        lab.Extra = "hostLink = { enable = true }\npublish = [{ listen = 9, connect = 8080 }]";
        lab.Save();
        lab.Up("--wait");
        host = Address(Machine.Ip(street.Host, "address", "show", $"wgh-{lab.Name}").Single());
        street.LeaksByPlace();
        return lab;
    }

    private static void Live(string moment, Lab lab, string host)
    {
        if (moment == "the endpoint does not answer")
        {
            lab.Provider!.Die();
        }
        else if (moment != "steady")
        {
            LeftDevice.KillEngine(lab.Name);
        }

        if (moment == s_moments[3])
        {
            Tool.Run("ip", "-n", lab.Name, "route", "replace", "default", "dev", "host0");
            foreach (var target in Talker.Targets.Where(t => !t.Contains(':', StringComparison.Ordinal)))
            {
                // Nobody has to be asked first, and not answer.
                Tool.Run("ip", "-n", lab.Name, "neigh", "replace", target, "lladdr", "02:00:00:00:00:01", "dev", "host0", "nud", "permanent");
            }
        }

        lab.Enter([Talker.Path, "shoot", "-", "3", .. Talker.Targets, host]).End().Output.Should().Contain("udp ");
    }

    private static string Asked(string netns, string address, int port)
    {
        using var asking = Within.Start(netns, "timeout", "2", "bash", "-c", $"exec 3<>/dev/tcp/{address}/{port.ToString(CultureInfo.InvariantCulture)} && cat <&3");
        return asking.End().Output;
    }

    private static string Address(JsonElement link) => link.GetProperty("addr_info")[0].GetProperty("local").GetString()!;

    private static Dictionary<string, string> Failures(Lab lab)
    {
        using var running = lab.Start("verify", lab.Name, "--json");
        return JsonDocument.Parse(running.End().Output).RootElement.GetProperty("findings").EnumerateArray()
            .Where(f => f.GetProperty("outcome").GetString() == "failed")
            .ToDictionary(f => f.GetProperty("check").GetString()!, f => f.GetProperty("reason").GetString()!);
    }
}
