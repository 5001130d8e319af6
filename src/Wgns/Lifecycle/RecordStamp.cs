namespace Wgns.Lifecycle;

/// <summary>
/// Tells whether a namespace's record is still the one that we saw or wrote last. Every `up` and `reload` writes it,
/// and `down` takes it away. To be used under the namespace's lock.
/// </summary>
internal sealed class RecordStamp(RuntimePaths paths, string name)
{
    private DateTime? _last;
    private bool _isTaken;

    /// <summary>True also before the first look.</summary>
    internal bool IsOurs() => !_isTaken || Now() == _last;

    internal void Take() => (_last, _isTaken) = (Now(), true);

    /// <summary>Null where there is none. The time of the last write has the resolution of the kernel's clock tick.</summary>
    private DateTime? Now()
    {
        var file = new FileInfo(paths.StateFile(name));
        return file.Exists ? file.LastWriteTimeUtc : null;
    }
}
