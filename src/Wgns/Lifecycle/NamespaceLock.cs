using Wgns.Linux.Files;

namespace Wgns.Lifecycle;

/// <summary>Serialises commands on one namespace.</summary>
public sealed class NamespaceLock : IDisposable
{
    /// <summary>An up may wait for names to be looked up and an engine to start; what takes longer hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FileLock _lock;

    private NamespaceLock(FileLock taken) => _lock = taken;

    /// <exception cref="OperationFailedException">Another command holds it for more than a minute.</exception>
    public static NamespaceLock Take(RuntimePaths paths, string name, Action? waiting = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Take(paths, paths.Lock(name), name, Patience, waiting);
    }

    /// <summary>Null where another command holds it.</summary>
    public static NamespaceLock? TryTake(RuntimePaths paths, string name)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return FileLock.TryTake(paths.Lock(name), TimeSpan.Zero) is { } taken ? new NamespaceLock(taken) : null;
    }

    /// <summary>Of all namespaces that publish via their links, after that of the one namespace: many may stand in line.</summary>
    /// <exception cref="OperationFailedException">Others hold it for more than three minutes; a hook of one may be who asks.</exception>
    public static NamespaceLock TakeLinks(RuntimePaths paths, Action? waiting = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Take(paths, paths.LinksLock, "what is published via links", Patience * 3, waiting);
    }

    /// <summary>Of systemd's units that wgns writes: two namespaces may be given one service at the same time.</summary>
    /// <exception cref="OperationFailedException">Another command holds it for more than a minute.</exception>
    public static NamespaceLock TakeUnits(RuntimePaths paths, Action? waiting = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Take(paths, paths.UnitsLock, "systemd's units", Patience, waiting);
    }

    private static NamespaceLock Take(RuntimePaths paths, string file, string what, TimeSpan patience, Action? waiting)
    {
        paths.CreateState();
        var taken = FileLock.TryTake(file, patience, waiting)
            ?? throw new OperationFailedException($"another wgns has been working on {what} for {patience.TotalSeconds} s (`fuser {file}` tells which)");
        return new NamespaceLock(taken);
    }

    /// <summary>Takes the lock's file away; who waits for it makes a new one.</summary>
    public void Remove() => _lock.Unlink();

    public void Dispose() => _lock.Dispose();
}
