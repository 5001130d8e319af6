using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wgns.Tests.Privileged.Forwarding;

/// <summary>`wgns forward` for a LAN: by IPv4 and IPv6, over two links of the machine, each with a neighbour beyond it.</summary>
public sealed class LanTests
{
    private static readonly string[] s_versions = ["IPv4", "IPv6"];

    [TestCaseSource(nameof(s_versions))]
    public void A_neighbour_on_each_link_reaches_what_listens_on_all_of_them(string version)
    {
        using var lab = new ForwardLab();
        using var lan = new Lan(lab.Lab.Name, version == "IPv6");
        var service = lab.Serve(80);
        var port = ForwardLab.FreePort();
        ForwardLab.ShouldListen(lab.Start($"{lan.Any}:{ForwardLab.Text(port)}", "80"), port);

        foreach (var link in lan.Links)
        {
            using var client = lan.Connect(link, link.Host, port);
            using var inside = ForwardLab.Accept(service);
            client.Send("question"u8);
            client.Shutdown(SocketShutdown.Send);
            Encoding.ASCII.GetString(ForwardLab.ReadAll(inside)).Should().Be("question");
            inside.Send("answer"u8);
            inside.Shutdown(SocketShutdown.Send);
            Encoding.ASCII.GetString(ForwardLab.ReadAll(client)).Should().Be("answer");
        }
    }

    [TestCaseSource(nameof(s_versions))]
    public void Datagrams_are_answered_from_the_address_that_was_asked_on_whichever_link(string version)
    {
        using var lab = new ForwardLab();
        using var lan = new Lan(lab.Lab.Name, version == "IPv6");
        var service = lab.Serve(53, SocketType.Dgram);
        service.ReceiveTimeout = 20000;
        var port = ForwardLab.FreePort(SocketType.Dgram);
        ForwardLab.ShouldListen(lab.Start($"udp:{lan.Any}:{ForwardLab.Text(port)}", "53"), port, "-lun");

        foreach (var link in lan.Links)
        {
            // Connected: an answer from another address is not heard.
            using var client = SocketInside.Open(link.Netns, lan.Family, SocketType.Dgram);
            client.ReceiveTimeout = 20000;
            client.Connect(IPAddress.Parse(link.Host), port);
            client.Send(Encoding.ASCII.GetBytes(link.Netns));
            var buffer = new byte[100];
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            var length = service.ReceiveFrom(buffer, ref from);
            service.SendTo(buffer.AsSpan(0, length), from);
            Encoding.ASCII.GetString(buffer, 0, client.Receive(buffer)).Should().Be(link.Netns);
        }
    }

    [TestCaseSource(nameof(s_versions))]
    public void What_listens_on_one_links_address_is_not_at_the_others(string version)
    {
        using var lab = new ForwardLab();
        using var lan = new Lan(lab.Lab.Name, version == "IPv6");
        lab.Serve(80);
        var port = ForwardLab.FreePort();
        ForwardLab.ShouldListen(lab.Start($"{lan.Written(lan.Links[0].Host)}:{ForwardLab.Text(port)}", "80"), port);

        lan.Connect(lan.Links[0], lan.Links[0].Host, port).Dispose();
        lan.Invoking(l => l.Connect(l.Links[1], l.Links[1].Host, port)).Should().Throw<SocketException>()
            .Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }

    /// <param name="Netns">The neighbour's.</param>
    /// <param name="Host">The machine's address on it.</param>
    private sealed record Wire(string Netns, string Host);

    private sealed class Lan : IDisposable
    {
        internal Lan(string name, bool ipv6)
        {
            Family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            var block = Environment.ProcessId % 200;
            foreach (var number in (int[])[1, 2])
            {
                var netns = $"{name}l{number.ToString(CultureInfo.InvariantCulture)}";
                var (network, length) = ipv6
                    ? (string.Create(CultureInfo.InvariantCulture, $"fd6c:{block:x}:{number}::"), "64")
                    : (string.Create(CultureInfo.InvariantCulture, $"10.241.{block}.{number * 8}"), "30");
                var (host, beyond) = ipv6 ? (network + "1", network + "2") : (Next(network, 1), Next(network, 2));
                Tool.Run("ip", "netns", "add", netns);
                Tool.Run("ip", "link", "add", netns, "type", "veth", "peer", "name", "eth0", "netns", netns);
                Raise([], netns, $"{host}/{length}");
                Raise(["-n", netns], "eth0", $"{beyond}/{length}");
                Links.Add(new Wire(netns, host));
            }
        }

        internal AddressFamily Family { get; }

        internal List<Wire> Links { get; } = [];

        internal string Any => Family == AddressFamily.InterNetworkV6 ? "[::]" : "0.0.0.0";

        internal string Written(string address) => Family == AddressFamily.InterNetworkV6 ? $"[{address}]" : address;

        internal Socket Connect(Wire from, string address, int port)
        {
            var socket = SocketInside.Open(from.Netns, Family, SocketType.Stream);
            try
            {
                (socket.SendTimeout, socket.ReceiveTimeout) = (20000, 20000);
                socket.Connect(IPAddress.Parse(address), port);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            foreach (var link in Links)
            {
                Tool.Ask("ip", "link", "delete", link.Netns);
                Tool.Ask("ip", "netns", "delete", link.Netns);
            }
        }

        private static string Next(string network, int by)
        {
            var bytes = IPAddress.Parse(network).GetAddressBytes();
            bytes[3] += (byte)by;
            return new IPAddress(bytes).ToString();
        }

        private static void Raise(string[] at, string link, string address)
        {
            Tool.Run("ip", [.. at, "link", "set", link, "addrgenmode", "none"]);
            Tool.Run("ip", [.. at, "address", "add", address, "dev", link, .. address.Contains(':', StringComparison.Ordinal) ? ["nodad"] : Array.Empty<string>()]);
            Tool.Run("ip", [.. at, "link", "set", link, "up"]);
        }
    }
}
