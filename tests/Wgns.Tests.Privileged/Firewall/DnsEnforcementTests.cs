namespace Wgns.Tests.Privileged.Firewall;

/// <summary>Who gets a lookup that a program sends to a server of its own choice.</summary>
[Category("UserNamespace")]
public sealed class DnsEnforcementTests
{
    private const string Foreign = "203.0.113.53";
    private const string Foreign6 = "2001:db8::53";

    // An ICMP error on a connected socket; for a datagram sendto(2) itself fails with EPERM.
    private static readonly string[] Refused = ["ConnectionRefused", "AccessDenied"];

    [Test]
    public void Redirect_has_the_dns_server_answer_whoever_was_asked()
    {
        using var lab = Up("dns_server = [\"10.99.0.1\", \"fd99::1\"]");

        foreach (var ask in (Func<string, string, int, string>[])[NamedAnswers.Udp, NamedAnswers.Tcp])
        {
            ask(lab.Name, Foreign, 53).Should().Be(Provider.Address);
            ask(lab.Name, Provider.Address, 53).Should().Be(Provider.Address);
            ask(lab.Name, Foreign6, 53).Should().Be(Provider.Address6);
            ask(lab.Name, Foreign, 853).Should().Be(Foreign, "only `reject` stops lookups over TLS");
        }
    }

    [Test]
    public void Without_enforcement_the_server_that_was_asked_answers()
    {
        using var lab = Up("dns_server = \"10.99.0.1\"\ndnsEnforcement = \"off\"");

        foreach (var ask in (Func<string, string, int, string>[])[NamedAnswers.Udp, NamedAnswers.Tcp])
        {
            foreach (var port in (int[])[53, 853, 5353, 5355])
            {
                ask(lab.Name, Foreign, port).Should().Be(Foreign);
                ask(lab.Name, Foreign6, port).Should().Be(Foreign6);
            }
        }
    }

    [Test]
    public void Reject_refuses_everybody_but_the_dns_server_at_once()
    {
        using var lab = Up("dns_server = \"10.99.0.1\"\ndnsEnforcement = \"reject\"");

        foreach (var ask in (Func<string, string, int, string>[])[NamedAnswers.Udp, NamedAnswers.Tcp])
        {
            ask(lab.Name, Provider.Address, 53).Should().Be(Provider.Address);
            ask(lab.Name, Foreign, 53).Should().BeOneOf(Refused);
            ask(lab.Name, Foreign, 853).Should().BeOneOf(Refused);
            ask(lab.Name, Foreign6, 53).Should().BeOneOf(Refused);
            ask(lab.Name, Foreign6, 853).Should().BeOneOf(Refused);
        }
    }

    [Test]
    public void A_family_without_a_server_is_refused_and_the_other_one_is_answered()
    {
        using var lab = Up("dns_server = \"10.99.0.1\"");

        NamedAnswers.Udp(lab.Name, Foreign6, 53).Should().BeOneOf(Refused);
        NamedAnswers.Tcp(lab.Name, Provider.Address6, 53).Should().BeOneOf(Refused);
        NamedAnswers.Udp(lab.Name, Foreign, 53).Should().Be(Provider.Address);
    }

    [Test]
    public void A_resolver_that_runs_inside_is_reached_by_loopback_in_every_mode()
    {
        foreach (var mode in (string[])["redirect", "reject", "off"])
        {
            using var lab = Up($"dns_server = \"10.99.0.1\"\ndnsEnforcement = \"{mode}\"");
            using var inside = new NamedAnswers(lab.Name, 53, "127.0.0.1", "::1", "10.99.0.2");
            NamedAnswers.Udp(lab.Name, "127.0.0.1", 53).Should().Be("127.0.0.1", mode);
            NamedAnswers.Tcp(lab.Name, "::1", 53).Should().Be("::1", mode);
            NamedAnswers.Udp(lab.Name, "10.99.0.2", 53).Should().Be("10.99.0.2", mode);
        }
    }

    [Test]
    public void A_rule_of_ones_own_makes_an_exception()
    {
        using var lab = Up("dns_server = \"10.99.0.1\"", "insert rule inet wgns dns_redirect ip daddr 203.0.113.53 accept\ninsert rule inet wgns dns ip daddr 203.0.113.53 return\n");

        NamedAnswers.Udp(lab.Name, Foreign, 53).Should().Be(Foreign);
        NamedAnswers.Udp(lab.Name, "203.0.113.54", 53).Should().Be(Provider.Address);
    }

    [Test]
    public void The_neighbours_are_asked_for_no_name()
    {
        using var lab = Up("dns_server = \"10.99.0.1\"");

        NamedAnswers.Udp(lab.Name, Foreign, 5353).Should().BeOneOf(Refused);
        NamedAnswers.Udp(lab.Name, Foreign, 5355).Should().BeOneOf(Refused);
        NamedAnswers.Udp(lab.Name, Foreign6, 5353).Should().BeOneOf(Refused);
        NamedAnswers.Udp(lab.Name, Foreign6, 5355).Should().BeOneOf(Refused);
    }

    /// <summary>
    /// The kernel's address translation looks at the first packet of a conversation alone: a lookup from the same port to the same
    /// server is sent where the first one was.
    /// </summary>
    [TestCase("", false)]
    [TestCase("insert rule inet wgns dns ip daddr 10.99.0.1 return\n", true)]
    public void A_conversation_that_began_before_a_reload_does_not_go_on_to_the_former_dns_server(string rules, bool goesOn)
    {
        const string Next = "203.0.113.54";
        using var lab = Up("dns_server = \"10.99.0.1\"", rules);
        using var socket = SocketInside.Open(lab.Name, System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram);
        socket.Connect(Foreign, 53);
        NamedAnswers.Ask(socket).Should().Be(Provider.Address);

        lab.Dns = $"dns_server = \"{Next}\"";
        lab.Save();
        lab.Reload();

        if (goesOn)
        {
            NamedAnswers.Ask(socket).Should().Be(Provider.Address, "without the rule it does");
        }
        else
        {
            NamedAnswers.Ask(socket).Should().BeOneOf(Refused);
        }

        NamedAnswers.Udp(lab.Name, Foreign, 53).Should().Be(Next, "a new one goes to the new server");
    }

    private static Lab Up(string dns, string rules = "")
    {
        var lab = new Lab(withProvider: true) { Dns = dns, Rules = rules };
        var provider = lab.Provider!;
        provider.Inside("ip", "address", "add", Foreign + "/32", "dev", provider.Ifname);
        provider.Inside("ip", "address", "add", "203.0.113.54/32", "dev", provider.Ifname);
        provider.Inside("ip", "address", "add", Foreign6 + "/128", "dev", provider.Ifname, "nodad");
        foreach (var port in (int[])[53, 853, 5353, 5355])
        {
            lab.Own(new NamedAnswers(provider.Name, port, Provider.Address, Provider.Address6, Foreign, "203.0.113.54", Foreign6));
        }

        lab.Save();
        lab.Up("--wait");
        return lab;
    }
}
