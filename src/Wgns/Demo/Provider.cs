using System.Net;
using Wgns.Engine;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Resolution;

namespace Wgns.Demo;

/// <summary>
/// The throw-away VPN provider: a netns without a name, which goes away with this process and its engine, a cable to
/// the host, a WireGuard device whose UDP socket is in that netns, and what lives behind it.
/// </summary>
internal sealed class Provider : IDisposable
{
    internal const string Ifname = "wg0";
    internal const string Uplink = "uplink";
    internal const ushort Port = 51820;
    internal const string PageName = "page.demo.wgns";

    private readonly DemoDirectory _directory;
    private readonly NamespaceHost _host;
    private readonly Netns _netns;
    private readonly Rtnl _inside;
    private EngineRecord? _engine;

    internal Provider(DemoDirectory directory, NamespaceHost host)
    {
        _directory = directory;
        _host = host;
        _netns = Netns.CreateUnnamed();
        _inside = NetnsThread.Run(_netns.Fd, Rtnl.Open);
    }

    internal NameServer? Names { get; private set; }

    internal WebServer? Web { get; private set; }

    /// <summary>False where the kernel has no IPv6, or new network namespaces begin without.</summary>
    internal bool HasIPv6 => Sysctl.Read(_netns.Fd, "net/ipv6/conf/default/disable_ipv6") == "0";

    /// <summary>Who runs the device, for people.</summary>
    internal string EngineName => _engine is null
        ? "the kernel"
        : $"{(_engine.Inside is null ? "" : "the embedded engine of ")}{Path.GetFileName(_engine.Program)}, pid {_engine.Pid}";

    /// <summary>A veth pair. The host's end is all that the demo puts into the host's netns.</summary>
    internal void PlugIn(Rtnl host, DemoAddresses addresses)
    {
        // The host is to try the page's address over the cable, and must not fail for want of an answer to ARP.
        Sysctl.Write(_netns.Fd, "net/ipv4/conf/all/arp_ignore", "0");
        Sysctl.Write(_netns.Fd, "net/ipv4/conf/default/arp_ignore", "0");
        var errno = host.NewVeth(new LinkEnd(_directory.HostCable), new LinkEnd(Uplink, Netns: _netns.Fd));
        if (!errno.IsNone)
        {
            throw new KernelException($"create veth link {_directory.HostCable}", errno, errno == Errno.EOPNOTSUPP ? "this kernel has no veth" : null);
        }

        var near = Bring(host, _directory.HostCable, new Cidr(addresses.Host, 30));
        Bring(_inside, Uplink, new Cidr(addresses.Uplink, 30));
        if (host.RouteTo(addresses.Uplink)?.LinkIndex != near.Index)
        {
            throw new OperationFailedException(
                $"this machine's routing rules (`ip rule`) send {addresses.Uplink} elsewhere than to the link it is on, {near.Name}; a VPN that takes everything does that");
        }
    }

    /// <summary>The provider's end of the tunnel.</summary>
    internal void StartWireGuard(SecretKey key, WireGuardKey client, DemoAddresses addresses)
    {
        var found = EngineFinder.Find(Configuration.EngineChoice.Auto, _host.HasKernelWireGuard, own: _host.Paths.Program);
        if (found.Problem is { } problem)
        {
            throw new OperationFailedException(problem);
        }

        if (found.Program is not null)
        {
            StartEngine(found);
        }
        else if (_inside.NewLink(LinkKind.WireGuard, new LinkEnd(Ifname)) is { IsNone: false } errno)
        {
            throw new KernelException($"create wireguard link {Ifname}", errno);
        }

        using var control = _host.Devices.Open(_netns, Ifname, _engine)
            ?? throw new OperationFailedException("the provider's WireGuard device has gone");
        Cidr[] allowed = addresses.ClientV6 is { } v6 ? [Cidr.Of(addresses.Client), Cidr.Of(v6)] : [Cidr.Of(addresses.Client)];
        control.Set(new DeviceChange(key, Port, null, [new PeerChange(
            client, Remove: false, UpdateOnly: false, PresharedKey: null, Endpoint: null, PersistentKeepalive: null, ReplaceAllowedIps: true, [.. allowed])]));
        Bring(_inside, Ifname, new Cidr(addresses.Provider, 24), addresses.ProviderV6 is { } mine ? new Cidr(mine, 64) : null);
    }

    internal void StartServers(DemoAddresses addresses)
    {
        Names = new NameServer(_netns.Fd, Ifname, addresses.Provider, PageName);
        Web = new WebServer(_netns.Fd, Ifname, addresses.Provider);
    }

    /// <summary>The provider goes away: its device is no more, and whoever comes to its port finds it closed.</summary>
    internal void StopWireGuard()
    {
        if (_engine is { } engine)
        {
            EngineProcess.Stop(engine, _inside);
            _engine = null;
        }

        if (_inside.GetLink(Ifname) is { } link)
        {
            _inside.DelLink(link);
        }
    }

    /// <summary>Ends the threads and closes the netns; the device and the cable have been taken away before.</summary>
    public void Dispose()
    {
        Names?.Dispose();
        Web?.Dispose();
        _inside.Dispose();
        _netns.Dispose();
    }

    private static Link Bring(Rtnl rtnl, string ifname, Cidr address, Cidr? second = null)
    {
        var link = rtnl.GetLink(ifname) ?? throw new KernelException($"find link {ifname}", Errno.ENODEV);
        foreach (var each in second is { } other ? [address, other] : (Cidr[])[address])
        {
            rtnl.AddAddress(link, each, noDad: each.IsIPv6);
        }

        rtnl.SetLink(link, new LinkChange(Up: true));
        return link;
    }

    private void StartEngine(EngineFound found)
    {
        var planned = EngineFinder.Describe(found, "provider", Ifname, _directory.Paths(_host.Paths)) with { Symlink = null };
        if (found.IsEmbedded)
        {
            // It is started in the provider's netns, and makes its device there too.
            planned = planned with { Inside = new EngineInside("/proc/self/ns/net", Ifname) };
        }

        // Before it is there: its arguments hold a random name, by which the next demo finds it if this one is killed now.
        _directory.Record(_host.Paths, planned);
        _engine = planned;
        _engine = EngineProcess.Start(planned, _directory.Paths(_host.Paths), _netns);
        _directory.Record(_host.Paths, _engine);
        if (!found.IsEmbedded)
        {
            var link = _inside.GetLink(planned.TemporaryName) ?? throw new KernelException($"find link {planned.TemporaryName}", Errno.ENODEV);
            _inside.SetLink(link, new LinkChange(Name: Ifname));
        }
    }
}
