using Wgns.Linux.Files;

namespace Wgns.Linux.Namespaces;

/// <summary>Making a netns under a name.</summary>
public sealed partial class NetnsDirectory
{
    /// <summary>Makes a netns, as <c>ip netns add</c> does; null where the name is taken, by a netns or by anything else.</summary>
    /// <exception cref="KernelException">EPERM without CAP_SYS_ADMIN.</exception>
    public Netns? TryCreate(string name) => Place(name, (file, path) => NetnsThread.RunInNew(() => MountThisThreadsOn(file, path)));

    /// <summary>
    /// Gives the calling thread's own netns a name, as <c>ip netns attach</c> does; null where the name is taken.
    /// </summary>
    /// <exception cref="KernelException">EPERM without CAP_SYS_ADMIN.</exception>
    public Netns? TryName(string name) => Place(name, MountThisThreadsOn);

    /// <summary>Gives another netns a name; null where the name is taken.</summary>
    /// <exception cref="KernelException">EPERM without CAP_SYS_ADMIN there and here.</exception>
    public Netns? TryName(string name, OwnedFd netns) =>
        Place(name, (file, path) => NetnsThread.Run(netns, () => MountThisThreadsOn(file, path)));

    private Netns? Place(string name, Func<OwnedFd, string, Netns> mount)
    {
        var path = PathOf(name);
        using var directory = OpenSharedDirectory();
        var flags = Libc.O_RDONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
        using var file = new OwnedFd(Libc.openat(directory.Value, name, flags, 0));
        if (file.IsInvalid)
        {
            return Libc.LastErrno == Errno.EEXIST ? null : throw new KernelException($"create {path}", Libc.LastErrno);
        }

        try
        {
            return mount(file, path);
        }
        catch
        {
            _ = Libc.unlinkat(directory.Value, name, 0);
            throw;
        }
    }

    private static Netns MountThisThreadsOn(OwnedFd file, string path)
    {
        var netns = Netns.OfThisThread();

        // By descriptor: the mount lands on the file made above, whatever has taken its name meanwhile.
        if (Libc.mount("/proc/thread-self/ns/net", $"/proc/thread-self/fd/{file.Value}", "none", Libc.MS_BIND, null) == 0)
        {
            return netns;
        }

        var errno = Libc.LastErrno;
        netns.Dispose();
        throw new KernelException($"mount the network namespace on {path}", errno);
    }

    /// <summary>
    /// The directory, opened after it became a shared mount: so that a netns mounted in it shows in the mount
    /// namespaces that were copied from ours before, and its unmounting too (a copy that keeps it keeps it busy).
    /// </summary>
    private OwnedFd OpenSharedDirectory()
    {
        if (Libc.mkdirat(Libc.AT_FDCWD, Path, Permissions.EverybodysDirectory) != 0 && Libc.LastErrno != Errno.EEXIST)
        {
            throw new KernelException($"create {Path}", Libc.LastErrno);
        }

        using (var unshared = TryOpenOwnDirectory() ?? throw new KernelException($"open {Path}", Errno.ENOENT))
        {
            // Two at once would each bind, one over the other; newer versions of ip take the same lock.
            Libc.Check(Libc.flock(unshared.Value, Libc.LOCK_EX), $"lock {Path}");

            if (!TryShare())
            {
                Bind();
                if (!TryShare())
                {
                    throw new KernelException($"share {Path} with other mount namespaces", Errno.EINVAL);
                }
            }
        }

        return TryOpenOwnDirectory() ?? throw new KernelException($"open {Path}", Errno.ENOENT);
    }

    private bool TryShare()
    {
        if (Libc.mount("", Path, "none", Libc.MS_SHARED | Libc.MS_REC, null) == 0)
        {
            return true;
        }

        // EINVAL: it is a directory and not yet a mount.
        return Libc.LastErrno == Errno.EINVAL
            ? false
            : throw new KernelException($"share {Path} with other mount namespaces", Libc.LastErrno);
    }

    private void Bind() => Libc.Check(Libc.mount(Path, Path, "none", Libc.MS_BIND | Libc.MS_REC, null), $"make {Path} a mount");
}
