using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Engine;

/// <summary>Network namespaces that devices are born in, other than the one that this process is in: opened once, by their files.</summary>
public sealed class OpenBirthplaces : IDisposable
{
    private readonly Dictionary<string, (Netns Netns, Rtnl Links)> _open = [];

    /// <summary>Null for null: the netns that this process is in.</summary>
    /// <exception cref="OperationFailedException">There is none.</exception>
    public Netns? Open(string? path) => path is null ? null : Find(path).Netns;

    /// <summary>Its links.</summary>
    /// <exception cref="OperationFailedException">There is no such netns.</exception>
    public Rtnl Links(string path) => Find(path).Links;

    /// <summary>Null where there is no such netns any more.</summary>
    public Rtnl? TryLinks(string path) => TryFind(path, out _)?.Links;

    public void Dispose()
    {
        foreach (var (netns, links) in _open.Values)
        {
            links.Dispose();
            netns.Dispose();
        }
    }

    private (Netns Netns, Rtnl Links) Find(string path) =>
        TryFind(path, out var problem) ?? throw new OperationFailedException($"the birthplaceNamespace {path} cannot be used: {problem}");

    private (Netns Netns, Rtnl Links)? TryFind(string path, out string? problem)
    {
        problem = null;
        if (_open.TryGetValue(path, out var known))
        {
            return known;
        }

        try
        {
            return _open[path] = WithLinks(Netns.OpenPath(path));
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT || e.Errno == Errno.ESRCH || e.Errno == Errno.EINVAL)
        {
            problem = e.Errno == Errno.EINVAL ? "it is no network namespace" : "it is not there";
            return null;
        }
    }

    private static (Netns Netns, Rtnl Links) WithLinks(Netns netns)
    {
        try
        {
            return (netns, NetnsThread.Run(netns.Fd, Rtnl.Open));
        }
        catch
        {
            netns.Dispose();
            throw;
        }
    }
}
