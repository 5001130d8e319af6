namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>IPv6 inside, by what the kernel has: it is there where the tunnel carries it, and nowhere else.</summary>
[Category("UserNamespace")]
public sealed class IPv6Tests
{
    [Test]
    public void A_tunnel_without_IPv6_leaves_no_IPv6_on_any_link_but_lo()
    {
        using var lab = new Lab { Ips = "[\"10.99.0.2/32\"]", AllowedIps = "[\"0.0.0.0/0\"]" };
        lab.Save();
        lab.Up();

        Addresses(lab).Should().BeEmpty();
        Setting(lab, lab.Name, "disable_ipv6").Should().Be("1");
        lab.Enter("ip", "link", "add", "late0", "type", "veth", "peer", "name", "late1").End().Exit.Should().Be(0);
        Setting(lab, "late0", "disable_ipv6").Should().Be("1", "a link that somebody adds later has none either");
        Setting(lab, "lo", "disable_ipv6").Should().Be("0");
    }

    [Test]
    public void A_tunnel_with_IPv6_refuses_router_advertisements()
    {
        using var lab = new Lab();
        lab.Up();

        Setting(lab, lab.Name, "disable_ipv6").Should().Be("0");
        Setting(lab, lab.Name, "accept_ra").Should().Be("0");
        Addresses(lab).Should().Contain("fd99::2");
    }

    // The kernel has no IPv6 on a link of less than 1280 bytes; a provider's "::/0" is no reason to have no tunnel.
    [Test]
    public void A_tunnel_too_narrow_for_IPv6_comes_up_without_and_a_reload_widens_and_narrows_it()
    {
        using var lab = new Lab { Ips = "[\"10.99.0.2/32\"]", Extra = "mtu = 1200" };
        lab.Save();
        lab.Up();
        lab.ShouldBeSettled();
        foreach (var mtu in (int[])[1420, 1200])
        {
            lab.Extra = $"mtu = {mtu}";
            lab.Save();
            lab.Reload();
            lab.ShouldBeSettled();
            Tool.Run("ip", "-n", lab.Name, "-6", "route", "show", "default").Should().Be(mtu < 1280 ? string.Empty : $"default dev {lab.Name} metric 1024 pref medium\n");
        }
    }

    [Test]
    public void A_reload_brings_IPv6_and_takes_it_away()
    {
        using var lab = new Lab { Ips = "[\"10.99.0.2/32\"]", AllowedIps = "[\"0.0.0.0/0\"]" };
        lab.Save();
        lab.Up();
        (lab.Ips, lab.AllowedIps) = ("[\"10.99.0.2/32\", \"fd99::2/128\"]", "[\"0.0.0.0/0\", \"::/0\"]");
        lab.Save();
        lab.Reload();
        Addresses(lab).Should().Contain("fd99::2");
        Tool.Run("ip", "-n", lab.Name, "-6", "route").Should().Contain("default");
        lab.ShouldBeSettled();

        (lab.Ips, lab.AllowedIps) = ("[\"10.99.0.2/32\"]", "[\"0.0.0.0/0\"]");
        lab.Save();
        lab.Reload();
        Addresses(lab).Should().BeEmpty();
        lab.ShouldBeSettled();
    }

    [Test]
    public void What_somebody_turned_on_again_is_drift_and_put_back()
    {
        using var lab = new Lab { Ips = "[\"10.99.0.2/32\"]", AllowedIps = "[\"0.0.0.0/0\"]" };
        lab.Save();
        lab.Up();
        lab.Enter("sh", "-c", $"echo 0 > /proc/sys/net/ipv6/conf/{lab.Name}/disable_ipv6").End().Exit.Should().Be(0);
        lab.Status().GetProperty("drift").ToString().Should().Contain("disable_ipv6");
        lab.Up();
        Setting(lab, lab.Name, "disable_ipv6").Should().Be("1");
    }

    private static List<string> Addresses(Lab lab) =>
        [.. Machine.Ip(lab.Name, "-6", "address", "show", lab.Name).SelectMany(l => l.GetProperty("addr_info").EnumerateArray()).Select(a => a.GetProperty("local").GetString()!)];

    private static string Setting(Lab lab, string ifname, string key) =>
        lab.Enter("cat", $"/proc/sys/net/ipv6/conf/{ifname}/{key}").End().Output.Trim();
}
