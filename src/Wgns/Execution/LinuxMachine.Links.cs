using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>Links, addresses, routes and devices.</summary>
public sealed partial class LinuxMachine
{
    private void ApplyToLink(Operation operation)
    {
        switch (operation)
        {
            case CreateLink o:
                Create(o);
                break;
            case DeleteLink o:
                if (Inside(o.Name).GetLink(o.Ifname) is { } gone)
                {
                    Inside(o.Name).DelLink(gone);
                }

                break;
            case MoveLink o:
                Move(o);
                break;
            case SetMtu o:
                Inside(o.Name).SetLink(LinkOf(o.Name, o.Ifname), new LinkChange(Mtu: o.Mtu));
                break;
            case SetLinkUp o:
                Inside(o.Name).SetLink(LinkOf(o.Name, o.Ifname), new LinkChange(Up: true));
                break;
            case SetLinkDown o:
                Inside(o.Name).SetLink(LinkOf(o.Name, o.Ifname), new LinkChange(Up: false));
                break;
            case AddAddress o:
                // Already there is as good: a crash came between the kernel's answer and the next look.
                Inside(o.Name).AddAddress(LinkOf(o.Name, o.Ifname), o.Address, noDad: o.Address.IsIPv6);
                break;
            case RemoveAddress o:
                Inside(o.Name).DelAddress(LinkOf(o.Name, o.Ifname), o.Address);
                break;
            case AddRoute o:
                // EEXIST: the connected route of an address covers exactly this network already.
                Inside(o.Name).AddRoute(LinkOf(o.Name, o.Ifname), new Route(o.Destination, Metric: o.Metric));
                break;
            case RemoveRoute o:
                Inside(o.Name).DelRoute(LinkOf(o.Name, o.Ifname), new Route(o.Destination));
                break;
            default:
                throw new NotSupportedException($"no execution for {operation.GetType().Name}");
        }
    }

    private void Create(CreateLink o)
    {
        var netns = Open(o.Name);
        var birthplace = LinksOf(o.Birthplace);
        var errno = birthplace.NewLink(LinkKind.WireGuard, new LinkEnd(o.Ifname, o.Mtu, netns.Fd));
        if (errno == Errno.EEXIST && Inside(o.Name).GetLink(o.Ifname) is null)
        {
            // Kernels before 6.15 also look for the name in the birthplace netns. Born under another name, it is
            // renamed inside, where the name is free.
            var temporary = TemporaryName.New();
            errno = birthplace.NewLink(LinkKind.WireGuard, new LinkEnd(temporary, o.Mtu, netns.Fd));
            if (errno.IsNone)
            {
                Inside(o.Name).SetLink(LinkOf(o.Name, temporary), new LinkChange(Name: o.Ifname));
            }
        }

        if (!errno.IsNone)
        {
            throw new KernelException(
                o.Describe(), errno, errno == Errno.EOPNOTSUPP ? "this kernel has no WireGuard" : null);
        }
    }

    private void Move(MoveLink o)
    {
        var link = LinksOf(o.Birthplace).GetLink(o.TemporaryName)
            ?? throw new OperationFailedException($"the engine's device {o.TemporaryName} has gone; its log may say why");
        LinksOf(o.Birthplace).SetLink(link, new LinkChange(Name: o.Ifname, Netns: Open(o.Name).Fd));
    }

    private void Configure(ConfigureDevice o)
    {
        if (o is { Engine: { } engine, Patch.ListenPort: { } port })
        {
            FreePort.Check(port, _birthplaces.Open(engine.Birthplace));
        }

        using var control = devices.Open(Open(o.Name), o.Ifname, o.Engine)
            ?? throw new OperationFailedException($"WireGuard device {o.Ifname} has gone");
        control.Set(new DeviceChange(
            o.Patch.PrivateKey is { } key ? keys[key] : null,
            o.Patch.ListenPort,
            o.Patch.FirewallMark,
            [.. o.Patch.Peers.Select(Change)]));
    }

    private Rtnl LinksOf(string? birthplace) => birthplace is null ? BirthplaceLinks() : _birthplaces.Links(birthplace);

    private PeerChange Change(PeerPatch patch) => new(
        patch.PublicKey,
        patch.Remove,
        UpdateOnly: !patch.IsNew && !patch.Remove,
        patch.PresharedKey is { } psk ? keys[psk] : patch.ClearPresharedKey ? NoKey : null,
        patch.Endpoint,
        patch.PersistentKeepalive,
        ReplaceAllowedIps: patch.AllowedIps is not null,
        patch.AllowedIps ?? []);

    /// <summary>All zeros: how the kernel and the UAPI take a preshared key away. Not a secret.</summary>
    private static SecretKey NoKey { get; } = new(new byte[WireGuardKey.Length]);

    private Link LinkOf(string name, string ifname) =>
        Inside(name).GetLink(ifname) ?? throw new KernelException($"find link {ifname} in namespace {name}", Errno.ENODEV);
}
