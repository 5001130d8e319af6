using System.Collections.Immutable;
using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>Links.</summary>
public sealed partial class Rtnl
{
    /// <summary>Every link, by index.</summary>
    public ImmutableArray<Link> GetLinks()
    {
        const string operation = "list links";
        using var request = LinkEncoding.List();
        using var reply = Asking(operation, () => netlink.Dump(request));
        reply.Check(operation);
        var links = ImmutableArray.CreateBuilder<Link>(reply.Count);
        foreach (var message in reply)
        {
            if (LinkDecoding.Decode(message) is { } link)
            {
                links.Add(link);
            }
        }

        links.Sort((a, b) => a.Index.CompareTo(b.Index));
        return links.ToImmutable();
    }

    /// <summary>Null where there is no link of that name.</summary>
    public Link? GetLink(string name) => Get($"look up link {name}", LinkEncoding.ByName(name));

    /// <summary>Null where there is no link of that index.</summary>
    public Link? GetLink(int index) => Get($"look up link {index}", LinkEncoding.ByIndex(index));

    /// <summary>
    /// Makes a link of a kind without options ("wireguard", "dummy") by one RTM_NEWLINK, which makes it in
    /// <see cref="LinkEnd.Netns"/> and nowhere else before. A WireGuard device's UDP socket stays in the socket's netns.
    /// </summary>
    /// <returns>
    /// None; EEXIST where the name is taken; EOPNOTSUPP where the kernel has no such kind. Kernels before 6.15 look for
    /// the name in the socket's own netns, too, and then say EEXIST of a name that is free in the other.
    /// </returns>
    public Errno NewLink(string kind, LinkEnd link)
    {
        ArgumentNullException.ThrowIfNull(link);
        using var netns = new FdUse(link.Netns);
        var request = LinkEncoding.New(kind, link, netns.Number);
        return Run($"create {kind} link {link.Name}", request, Errno.EEXIST, Errno.EOPNOTSUPP);
    }

    /// <summary>Makes both ends of a veth pair by one RTM_NEWLINK, each in its own netns.</summary>
    /// <returns>As <see cref="NewLink"/>; either name may be the one that is taken.</returns>
    public Errno NewVeth(LinkEnd link, LinkEnd peer)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(peer);
        using var netns = new FdUse(link.Netns);
        using var peerNetns = new FdUse(peer.Netns);
        var request = LinkEncoding.NewVeth(link, netns.Number, peer, peerNetns.Number);
        return Run($"create veth link {link.Name} with peer {peer.Name}", request, Errno.EEXIST, Errno.EOPNOTSUPP);
    }

    /// <summary>Changes a link by one RTM_SETLINK.</summary>
    /// <exception cref="KernelException">EEXIST (the name is taken), EBUSY, EINVAL (the MTU), ENODEV and others.</exception>
    public void SetLink(Link link, LinkChange change)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(change);
        using var netns = new FdUse(change.Netns);
        Run(Words(link, change), LinkEncoding.Set(link.Index, change, netns.Number));
    }

    /// <returns>None; ENODEV where it has gone already.</returns>
    public Errno DelLink(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return Run($"delete link {link.Name}", LinkEncoding.Delete(link.Index), Errno.ENODEV);
    }

    private Link? Get(string operation, MessageWriter request)
    {
        using (request)
        using (var reply = Asking(operation, () => netlink.Request(request)))
        {
            reply.Check(operation, Errno.ENODEV);
            foreach (var message in reply)
            {
                if (LinkDecoding.Decode(message) is { } link)
                {
                    return link;
                }
            }

            return null;
        }
    }

    private static string Words(Link link, LinkChange change)
    {
        List<string> parts = [];
        if (change.Netns is not null)
        {
            parts.Add("into another netns");
        }

        if (change.Name is { } name)
        {
            parts.Add($"name {name}");
        }

        if (change.Mtu is { } mtu)
        {
            parts.Add($"mtu {mtu}");
        }

        if (change.Alias is { } alias)
        {
            parts.Add($"alias {alias}");
        }

        if (change.Up is { } up)
        {
            parts.Add(up ? "up" : "down");
        }

        return $"set link {link.Name} {string.Join(", ", parts)}";
    }
}
