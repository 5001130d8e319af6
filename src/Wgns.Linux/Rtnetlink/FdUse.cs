using System.Runtime.InteropServices;

namespace Wgns.Linux.Rtnetlink;

/// <summary>Keeps a descriptor open, and its number true, while a message with the number in it is under way.</summary>
internal readonly ref struct FdUse
{
    private readonly SafeHandle? _handle;

    internal FdUse(OwnedFd? fd)
    {
        if (fd is null)
        {
            return;
        }

        var added = false;
        fd.DangerousAddRef(ref added);
        _handle = fd;
        Number = fd.Value;
    }

    /// <summary>Null where there is no descriptor.</summary>
    internal int? Number { get; }

    public void Dispose() => _handle?.DangerousRelease();
}
