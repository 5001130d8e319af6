namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>One tunnel to the office's networks, and one to everything else.</summary>
public sealed class TunnelRoutesTests
{
    [Test]
    public void What_is_the_offices_goes_by_no_other_tunnel_when_the_offices_is_gone()
    {
        using var lab = new Lab();
        lab.Save();
        File.WriteAllText(lab.Config, $"dns_server = \"10.99.0.1\"\n{Interface(lab, "rest", "10.99.0.2/32", "0.0.0.0/0")}{Interface(lab, "office", "10.77.0.2/32", "10.77.0.0/16")}");
        lab.Up();
        Tool.Run("ip", "-n", lab.Name, "link", "delete", "office");
        var before = Sent(lab);

        Send(lab);
        Sent(lab).Should().Be(before);
        Within.Run(lab.Name, "nft", "flush chain inet wgns tunnel_routes");
        Send(lab);
        Sent(lab).Should().BeGreaterThan(before, "the control: it is the rules that keep it");
    }

    [Test]
    public void A_lookup_that_would_go_by_the_other_tunnel_is_answered_by_the_offices_dns_server()
    {
        using var lab = new Lab(withProvider: true);
        File.WriteAllText(lab.Config, $"dns_server = \"{Provider.Address}\"\n{Interface(lab, "rest", "10.98.0.2/32", "0.0.0.0/0")}{Interface(lab, "office", "10.99.0.2/32", "10.99.0.0/24")}");
        lab.Own(new NamedAnswers(lab.Provider!.Name, 53, Provider.Address));
        lab.Up();

        NamedAnswers.Udp(lab.Name, "203.0.113.53", 53).Should().Be(Provider.Address);
        NamedAnswers.Tcp(lab.Name, "203.0.113.53", 53).Should().Be(Provider.Address);
    }

    private static void Send(Lab lab) => lab.Enter("bash", "-c", "echo x > /dev/udp/10.77.9.9/4000").End();

    private static long Sent(Lab lab) =>
        Machine.Ip(lab.Name, "-s", "link", "show", "rest").Single().GetProperty("stats64").GetProperty("tx").GetProperty("packets").GetInt64();

    private static string Interface(Lab lab, string name, string address, string networks) => $"""
        [[interfaces]]
        interfaceName = "{name}"
        ips = ["{address}"]
        privateKeyFile = "{lab.KeyFile}"
        [[interfaces.peers]]
        publicKey = "{lab.PeerKey}"
        allowedIPs = ["{networks}"]
        endpoint = "{lab.Endpoint}"

        """;
}
