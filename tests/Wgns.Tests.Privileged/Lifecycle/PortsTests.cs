namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>UDP ports of two tunnels of one namespace.</summary>
public sealed class PortsTests
{
    private static readonly string[] s_tunnels = ["one", "two"];

    [TestCase("embedded")]
    [TestCase("wireguard-go")]
    public void A_reload_gives_two_tunnels_each_others_ports_and_a_port_that_one_has_left_to_the_other(string engine)
    {
        using var lab = new Lab();
        var free = FreePorts();
        (int?, int?) before = (free[0], free[1]);
        Write(lab, engine, before);
        lab.Up();
        Ports(lab).Should().Equal([free[0], free[1]]);
        foreach (var ports in ((int?, int?)[])[(free[1], free[0]), (free[0], free[2]), (free[2], null)])
        {
            Write(lab, engine, ports);
            lab.Reload();
            Ports(lab)[0].Should().Be(ports.Item1);
            Ports(lab)[1].Should().NotBe(ports.Item1);
            if (ports.Item2 is { } second)
            {
                Ports(lab)[1].Should().Be(second);
            }

            lab.ShouldBeSettled();
        }
    }

    private static int[] Ports(Lab lab) =>
        [.. s_tunnels.Select(t => int.Parse(Within.Run(lab.Name, "wg", "show", t, "listen-port").Trim(), System.Globalization.CultureInfo.InvariantCulture))];

    private static int[] FreePorts()
    {
        var sockets = Enumerable.Range(0, 3).Select(_ => new System.Net.Sockets.UdpClient(0)).ToList();
        int[] ports = [.. sockets.Select(s => ((System.Net.IPEndPoint)s.Client.LocalEndPoint!).Port)];
        sockets.ForEach(s => s.Dispose());
        return ports;
    }

    private static void Write(Lab lab, string engine, (int?, int?) ports) => File.WriteAllText(
        lab.Config,
        "dns_server = \"10.99.0.1\"\n" + Tunnel(lab, engine, "one", "10.98.0.2/32", "0.0.0.0/0", ports.Item1) + Tunnel(lab, engine, "two", "10.77.0.2/32", "10.77.0.0/16", ports.Item2));

    private static string Tunnel(Lab lab, string engine, string name, string address, string networks, int? port) => $"""
        [[interfaces]]
        interfaceName = "{name}"
        engine = "{engine}"
        ips = ["{address}"]
        privateKeyFile = "{lab.KeyFile}"
        {(port is null ? string.Empty : $"listenPort = {port}")}
        [[interfaces.peers]]
        publicKey = "{lab.PeerKey}"
        allowedIPs = ["{networks}"]
        endpoint = "{lab.Endpoint}"

        """;
}
