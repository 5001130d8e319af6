using System.Globalization;
using System.Text.Json;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>birthplaceNamespace: a tunnel whose encrypted packets go out of another namespace than this one.</summary>
[Category("UserNamespace")]
public sealed class BirthplaceTests
{
    [Test]
    public void A_tunnel_in_a_tunnel_shows_its_packets_to_the_outer_tunnel_alone_and_its_name_is_asked_for_there()
    {
        using var outer = new Lab(withProvider: true);
        outer.Up("--wait");
        using var inner = new Lab { Extra = $"birthplaceNamespace = \"{outer.Name}\"" };
        var far = inner.Own(new Provider(inner.Name, inner.Directory, inner.PublicKey, outer.Provider!.Name));
        inner.Own(new DnsAnswers(outer.Provider.Name, Provider.Address, far.OuterAddress));
        Road(outer.Provider, far);
        (inner.PeerKey, inner.Endpoint) = (far.PublicKey, "far.example.net:51820");
        inner.Save();

        inner.Up("--wait");
        inner.ShouldBeSettled();
        NamedEcho(inner).Should().Be("hello");
        var port = inner.Status().GetProperty("interfaces")[0].GetProperty("listenPort").GetInt32();
        Bound(outer.Name, port).Should().BeTrue();
        Bound(inner.Name, port).Should().BeFalse();
        Tool.Run("ss", "-Hlun", $"sport = {port.ToString(CultureInfo.InvariantCulture)}").Trim().Should().BeEmpty("nothing of it is the machine's");

        var roads = Counters(outer.Provider);
        roads["in the tunnel"].Should().BePositive("the control: they were counted there");
        roads["beside the tunnel"].Should().Be(0);
        inner.Do("status", inner.Name).Should().Contain($"born in: /run/netns/{outer.Name}");
        Findings(inner)[$"tunnel {inner.Name}: socket"].Should().Be($"ok UDP port {port}, in /run/netns/{outer.Name}");
        Findings(outer).Should().Contain(f => f.Key.StartsWith("process ", StringComparison.Ordinal) && f.Value.StartsWith("ok is the engine of another", StringComparison.Ordinal));

        // With the outer one closed nothing takes another way.
        LeftDevice.KillEngine(outer.Name);
        var before = outer.Provider.Seen;
        NamedEcho(inner).Should().BeEmpty();
        outer.Provider.Seen.Should().Be(before);
        inner.Down();
    }

    [Test]
    public void After_a_crash_anywhere_up_finishes_it_and_down_leaves_nothing_here_or_there()
    {
        using var place = new Place();
        using var lab = new Lab { Extra = $"birthplaceNamespace = \"{place.Name}\"\nlistenPort = 51999" };
        lab.Save();
        var links = Machine.Ip(place.Name, "link").Count;
        Crash.AtEveryPoint(lab, ["up", lab.Config], where =>
        {
            if (where.GetHashCode(StringComparison.Ordinal) % 2 == 0)
            {
                InProcess.Up(lab);
                Bound(place.Name, 51999).Should().BeTrue(where);
                InProcess.Up(lab).Plan!.IsEmpty.Should().BeTrue(where);
            }

            InProcess.Down(lab);
            lab.Leftovers().Should().BeEmpty(where);
            Machine.Ip(place.Name, "link").Should().HaveCount(links, where);
        }).Should().BeGreaterThan(30);
    }

    [Test]
    public void Without_it_up_says_so_and_made_anew_the_device_is_too()
    {
        using var lab = new Lab { Extra = "birthplaceNamespace = \"no-such-place\"" };
        lab.Save();
        lab.TryUp().Errors.Should().Contain("the birthplaceNamespace no-such-place is not there (/run/netns/no-such-place)").And.Contain("wgns up no-such-place");
        lab.Leftovers().Should().BeEmpty();

        using var place = new Place();
        lab.Extra = $"birthplaceNamespace = \"/run/netns/{place.Name}\"\nlistenPort = 51998";
        lab.Save();
        lab.Up();
        place.MakeAnew();
        lab.Up();
        Bound(place.Name, 51998).Should().BeTrue();
        lab.ShouldBeSettled();
        Machine.Engines(lab.Name).Should().ContainSingle();
    }

    /// <summary>From the outer tunnel to the far provider, with what passes counted.</summary>
    private static void Road(Provider near, Provider far)
    {
        near.Inside("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
        near.Inside(
            "nft",
            "add table inet road; add chain inet road nat { type nat hook postrouting priority 100; }; add rule inet road nat oif " + far.HostLink + " masquerade; "
            + "add chain inet road seen { type filter hook prerouting priority -300; }; "
            + $"add rule inet road seen iifname {near.Ifname} ip daddr {far.OuterAddress} counter comment \"in the tunnel\"; "
            + $"add rule inet road seen iifname out ip daddr {far.OuterAddress} counter comment \"beside the tunnel\"; "
            + "add rule inet road seen iifname out udp dport != 51820 counter comment \"beside the tunnel, whatever it is\"");
    }

    private static Dictionary<string, long> Counters(Provider near) => JsonDocument.Parse(near.Inside("nft", "-j", "list", "chain", "inet", "road", "seen"))
        .RootElement.GetProperty("nftables").EnumerateArray().Where(e => e.TryGetProperty("rule", out _)).Select(e => e.GetProperty("rule"))
        .ToDictionary(r => r.GetProperty("comment").GetString()!, r => r.GetProperty("expr").EnumerateArray().Single(e => e.TryGetProperty("counter", out _)).GetProperty("counter").GetProperty("packets").GetInt64());

    private static Dictionary<string, string> Findings(Lab lab) =>
        JsonDocument.Parse(Cli.Run("verify", lab.Name, "--json").Output).RootElement.GetProperty("findings").EnumerateArray()
            .ToDictionary(f => f.GetProperty("check").GetString()!, f => $"{f.GetProperty("outcome").GetString()} {f.GetProperty("reason").GetString()}");

    private static string NamedEcho(Lab lab) =>
        lab.Enter("timeout", "4", "bash", "-c", $"exec 3<>/dev/tcp/{Provider.Address}/7 && printf hello >&3 && head -c 5 <&3").End().Output.Trim();

    private static bool Bound(string netns, int port) =>
        Within.Run(netns, "ss", "-Hlun", $"sport = {port.ToString(CultureInfo.InvariantCulture)}").Trim().Length > 0;

    /// <summary>A namespace to be born in.</summary>
    private sealed class Place : IDisposable
    {
        internal Place() => Make();

        internal string Name { get; } = $"wgns-place-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{TestContext.CurrentContext.Test.ID}";

        internal void MakeAnew()
        {
            Dispose();
            Make();
        }

        public void Dispose() => Tool.Run("ip", "netns", "delete", Name);

        private void Make()
        {
            Tool.Run("ip", "netns", "add", Name);
            Tool.Run("ip", "-n", Name, "link", "set", "lo", "up");
        }
    }
}
