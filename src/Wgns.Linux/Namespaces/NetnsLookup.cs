namespace Wgns.Linux.Namespaces;

/// <summary>What stands under a name in the directory of netns.</summary>
public abstract record NetnsLookup
{
    private NetnsLookup()
    {
    }

    /// <summary>Nothing.</summary>
    public sealed record Absent : NetnsLookup;

    /// <summary>A plain file that no netns is mounted on: what a crash, or the end of a mount namespace, leaves.</summary>
    public sealed record Stale : NetnsLookup;

    /// <summary>Something that nobody who makes netns put there: a symbolic link, a directory, another kind of namespace.</summary>
    public sealed record Foreign(string What) : NetnsLookup;

    /// <summary>A netns; who asked owns it.</summary>
    public sealed record Found(Netns Netns) : NetnsLookup;
}

/// <summary>What became of a name that was to be deleted.</summary>
public enum NetnsDeletion
{
    /// <summary>The name is gone; the netns itself stays while something holds it.</summary>
    Deleted,

    /// <summary>There was no such name.</summary>
    Absent,

    /// <summary>Left as it is: <see cref="NetnsLookup.Foreign"/>.</summary>
    Foreign,
}
