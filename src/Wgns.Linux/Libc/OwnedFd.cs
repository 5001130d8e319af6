using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>A file descriptor that closes itself. -1 is none.</summary>
public sealed class OwnedFd : SafeHandle
{
    public OwnedFd()
        : base(-1, ownsHandle: true)
    {
    }

    public OwnedFd(int fd)
        : this() => SetHandle(fd);

    /// <summary>The number, valid while this object is alive and not disposed.</summary>
    public int Value => (int)handle;

    public override bool IsInvalid => handle == -1;

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
