using System.Collections.Immutable;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Netlink;
using Wgns.Linux.Nftables;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>The pair between host and namespace, and the host's rules for it.</summary>
public sealed partial class LinuxMachine
{
    private StateRecord ApplyToHostLink(Operation operation, StateRecord record)
    {
        switch (operation)
        {
            case LoadHostRules o:
                return Load(o, record);
            case DeleteHostRules o:
                InBirthplace(host => Run(host, HostEndRules.Replacing(o.Table, string.Empty)));
                return record;
            case SetHostSysctl o:
                // A link that is gone has no setting to put back.
                InBirthplace(host => Sysctl.Write(host.Fd, o.Key, o.Value));
                return record;
            case ForgetCallers o:
                InBirthplace(host => Forget(host, o));
                return record;
            case CreateHostLink o:
                Create(o);
                return record;
            case DeleteHostLink o:
                Delete(o);
                return record;
            default:
                ApplyToLink(operation);
                return record;
        }
    }

    private StateRecord Load(LoadHostRules o, StateRecord record) => InBirthplace(host =>
    {
        Run(host, HostEndRules.Replacing(o.Table, o.Text));
        return record with
        {
            HostLinks =
            [
                .. record.HostLinks.Select(r => r.Name.Table == o.Table
                    ? r with { RulesText = RulesetPlan.Digest(o.Text), RulesListing = RulesReader.Table(host, o.Table) is { } l ? RulesetPlan.DigestOfListing(l) : null }
                    : r),
            ],
        };
    });

    private static void Forget(Netns host, ForgetCallers o)
    {
        using var netlink = NetnsThread.Run(host.Fd, () => NetlinkSocket.Open(NetlinkProtocol.Netfilter));
        foreach (var port in o.Ports)
        {
            Conntrack.ForgetUdp(netlink, port.IsIPv6, port.Listen.Port, port.IsPassedBy);
        }
    }

    private void Create(CreateHostLink o)
    {
        var errno = BirthplaceLinks().NewVeth(new LinkEnd(o.Link.HostIfname), new LinkEnd(o.Link.Ifname, Netns: Open(o.Name).Fd));
        if (!errno.IsNone)
        {
            throw new KernelException(o.Describe(), errno, errno == Errno.EOPNOTSUPP ? "this kernel has no veth" : null);
        }

        try
        {
            InBirthplace(host => Raise(host, BirthplaceLinks(), o.Link.HostIfname, o.HostAddresses));
            Raise(Open(o.Name), Inside(o.Name), o.Link.Ifname, o.NamespaceAddresses);
        }
        catch
        {
            Delete(new DeleteHostLink(o.Name, o.Link));
            throw;
        }
    }

    private static void Raise(Netns netns, Rtnl links, string ifname, ImmutableArray<Cidr> addresses)
    {
        foreach (var (key, value) in CreateHostLink.Settings(ifname, addresses))
        {
            Sysctl.Write(netns.Fd, key, value);
        }

        var link = links.GetLink(ifname) ?? throw new KernelException($"find link {ifname}", Errno.ENODEV);
        foreach (var address in addresses)
        {
            links.AddAddress(link, address, noDad: address.IsIPv6);
        }

        links.SetLink(link, new LinkChange(Up: true));
    }

    /// <summary>One end takes the other with it; where a crash or a person left but one, it is that one.</summary>
    private void Delete(DeleteHostLink o)
    {
        if (BirthplaceLinks().GetLink(o.Link.HostIfname) is { Kind: LinkKind.Veth } outside)
        {
            BirthplaceLinks().DelLink(outside);
        }

        if (_directory.Open(o.Name) is NetnsLookup.Found found)
        {
            found.Netns.Dispose();
            if (Inside(o.Name).GetLink(o.Link.Ifname) is { Kind: LinkKind.Veth } inside)
            {
                Inside(o.Name).DelLink(inside);
            }
        }
    }

    private void InBirthplace(Action<Netns> run) => InBirthplace(host =>
    {
        run(host);
        return true;
    });

    private T InBirthplace<T>(Func<Netns, T> run)
    {
        if (birthplace is not null)
        {
            return run(birthplace);
        }

        using var own = Netns.OfThisThread();
        return run(own);
    }

    private static void Run(Netns netns, string commands)
    {
        var result = NftNetns.Load(netns.Fd, commands);
        if (!result.Succeeded)
        {
            throw new OperationFailedException($"nft refused the rules of the host link: {result.ErrorText.Trim()}");
        }
    }
}
