using Wgns.Execution;
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
        new StateDirectory(paths).Create();
        var taken = FileLock.TryTake(paths.Lock(name), Patience, waiting)
            ?? throw new OperationFailedException(
                $"another wgns has been working on {name} for {Patience.TotalSeconds} s (`fuser {paths.Lock(name)}` tells which)");
        return new NamespaceLock(taken);
    }

    /// <summary>Takes the lock's file away; who waits for it makes a new one.</summary>
    public void Remove() => _lock.Unlink();

    public void Dispose() => _lock.Dispose();
}
