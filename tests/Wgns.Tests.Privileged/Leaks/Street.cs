using System.Globalization;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>
/// A machine of the test's own and its neighbourhood, with a sniffer at every link of both. The machine has a wire to the
/// provider and one to its LAN, with default routes by that; wgns runs there. Nobody else does, so that whatever is
/// seen and is not the tunnel itself came out of a namespace.
/// </summary>
/// <remarks>192.0.2.0/24, 198.51.100.0/24 and 2001:db8::/32 are for documentation (RFC 5737, RFC 3849): nobody's.</remarks>
internal sealed class Street : IDisposable
{
    internal const string Neighbour = "192.0.2.1";

    /// <summary>Who lives in a second network (<see cref="LayOther"/>).</summary>
    internal const string Beyond = "198.51.100.9";

    private static int s_count;
    private readonly List<Sniffer> _sniffers = [];
    private readonly List<IDisposable> _things = [];

    internal Street()
    {
        Host = string.Create(CultureInfo.InvariantCulture, $"s{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        Lan = Host + "l";
        Tool.Run("ip", "netns", "add", Host);
        Tool.Run("ip", "netns", "add", Lan);
        Tool.Run("ip", "-n", Host, "link", "add", "lan0", "type", "veth", "peer", "name", "host0", "netns", Lan);
        Raise(Host, "lan0", "192.0.2.2/24", "2001:db8:1::2/64");
        Raise(Lan, "host0", Neighbour + "/24", "2001:db8:1::1/64");
        Tool.Run("ip", "-n", Host, "route", "add", "default", "via", Neighbour);
        Tool.Run("ip", "-n", Host, "-6", "route", "add", "default", "via", "2001:db8:1::1");

        // The kernel looks at carriers once a second, and until then nothing of IPv6 goes by a new link.
        Until.True(() => Within.Ask(Host, "ping", "-6", "-c", "1", "-W", "1", "2001:db8:1::1").Exit == 0)
            .Should().BeTrue("the neighbours see each other");
        _sniffers.Add(new Sniffer(Host));
        _sniffers.Add(new Sniffer(Lan));
    }

    internal string Host { get; }

    internal string Lan { get; }

    /// <summary>A namespace's worth of files, for a wgns that runs on this machine.</summary>
    internal Lab MakeLab()
    {
        var lab = new Lab(withProvider: true, Host);
        var wire = Machine.Ip(lab.Provider!.Name, "link", "show", "out").Single().GetProperty("ifindex").GetInt32();
        _sniffers.Add(Own(new Sniffer(lab.Provider.Name, wire)));
        return lab;
    }

    /// <summary>
    /// A second network behind another link of the machine's, with <see cref="Beyond"/> in it; there and on the LAN the machine is
    /// known for the way to the other.
    /// </summary>
    /// <param name="link">The machine's link.</param>
    /// <returns>The netns of who lives there, whose own link is host0.</returns>
    internal string LayOther(string link)
    {
        var other = Own(new TestNetns()).Name;
        Tool.Run("ip", "-n", Host, "link", "add", link, "type", "veth", "peer", "name", "host0", "netns", other);
        Raise(Host, link, "198.51.100.1/24", null);
        Raise(other, "host0", Beyond + "/24", null);
        Tool.Run("ip", "-n", other, "route", "add", "default", "via", "198.51.100.1");
        Tool.Run("ip", "-n", Lan, "route", "add", "198.51.100.0/24", "via", "192.0.2.2");
        return other;
    }

    internal T Own<T>(T thing) where T : IDisposable
    {
        _things.Add(thing);
        return thing;
    }

    /// <summary>What was outside since the last time that is not the tunnel's, nor said by the machine about itself.</summary>
    internal List<Packet> Leaks() => [.. _sniffers.SelectMany(s => s.Take()).Where(p => !p.IsOfTheTunnel(Provider.Port))];

    /// <summary>The same, told apart: what the host's own links saw, and what others did.</summary>
    internal (List<Packet> Here, List<Packet> Beyond) LeaksByPlace() => (
        [.. _sniffers[0].Take().Where(p => !p.IsOfTheTunnel(Provider.Port))],
        [.. _sniffers.Skip(1).SelectMany(s => s.Take()).Where(p => !p.IsOfTheTunnel(Provider.Port))]);

    internal void NothingShouldHaveLeaked() => Leaks().Select(p => p.ToString()).Distinct().Should().BeEmpty("nothing may get out beside the tunnel");

    /// <summary>Lives with a namespace of this machine to its end, and then with nothing that got out.</summary>
    internal static void NothingGetsOut(Action<Lab> live)
    {
        using var street = new Street();
        using (var lab = street.MakeLab())
        {
            live(lab);
        }

        street.NothingShouldHaveLeaked();
        street.ShouldSeeEverything();
    }

    /// <summary>The same with a way out: what kinds of packets took it.</summary>
    internal static IEnumerable<string?> KindsThatGetOut(Action<Lab, Action<string>> live)
    {
        using var street = new Street();
        using (var lab = street.MakeLab())
        {
            live(lab, street.GiveAWayOut);
        }

        return street.Leaks().ConvertAll(p => p.Kind);
    }

    /// <summary>The positive control: the same talker here is seen with everything that it sends.</summary>
    internal void ShouldSeeEverything()
    {
        Within.Run(Host, [Talker.Path, "shoot", "-", "1", .. Talker.Targets]);
        Leaks().Select(p => p.Kind).Should().Contain([.. Talker.Kinds, .. Talker.KindsOfLinks], "sniffers that see less prove nothing");
    }

    /// <summary>What a namespace of wgns's never has: a link to somewhere else.</summary>
    internal void GiveAWayOut(string netns)
    {
        Tool.Run("ip", "-n", Lan, "link", "add", "way1", "type", "veth", "peer", "name", "way0", "netns", netns);
        Tool.Run("ip", "-n", Lan, "link", "set", "way1", "addrgenmode", "none", "up");
        Raise(netns, "way0", "192.0.2.9/24", null);

        // Linkwatch makes a link carry packets, which waits for rtnl, and while namespaces are taken down that can take long.
        Until.True(() => Machine.Ip(netns, "link", "show", "way0").Single().GetProperty("operstate").GetString() == "UP")
            .Should().BeTrue("a way out that carries nothing shows nothing");

        // Nobody has to be asked first, and wait for an answer.
        Tool.Run("ip", "-n", netns, "neigh", "replace", Neighbour, "lladdr", "02:00:00:00:00:01", "dev", "way0", "nud", "permanent");
    }

    /// <summary>A command on this machine.</summary>
    internal Running Start(params string[] command) => Own(Within.Start(Host, command));

    public void Dispose()
    {
        foreach (var thing in Enumerable.Reverse(_things))
        {
            thing.Dispose();
        }

        foreach (var sniffer in _sniffers.Take(2))
        {
            sniffer.Dispose();
        }

        Tool.Ask("ip", "-n", Host, "link", "delete", "lan0");
        Tool.Ask("ip", "netns", "delete", Lan);
        Tool.Ask("ip", "netns", "delete", Host);
    }

    private static void Raise(string netns, string link, string address, string? address6)
    {
        Tool.Run("ip", "-n", netns, "link", "set", "lo", "up");
        Tool.Run("ip", "-n", netns, "link", "set", link, "addrgenmode", "none");
        Tool.Run("ip", "-n", netns, "address", "add", address, "dev", link);
        if (address6 is not null)
        {
            Tool.Run("ip", "-n", netns, "address", "add", address6, "dev", link, "nodad");
        }

        Tool.Run("ip", "-n", netns, "link", "set", link, "up");
    }
}
