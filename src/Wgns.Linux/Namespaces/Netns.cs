namespace Wgns.Linux.Namespaces;

/// <summary>What tells one netns from another: its file's device and inode in nsfs. Not unique over time.</summary>
public readonly record struct NetnsIdentity(ulong Device, ulong Inode)
{
    public override string ToString() => $"net:[{Inode}]";
}

/// <summary>An open netns: it stays while this, a process, a socket or a bind mount holds it.</summary>
public sealed class Netns : IDisposable
{
    private Netns(OwnedFd fd, NetnsIdentity identity)
    {
        Fd = fd;
        Identity = identity;
    }

    public OwnedFd Fd { get; }

    public NetnsIdentity Identity { get; }

    /// <summary>The calling thread's own netns.</summary>
    public static Netns OfThisThread() => OpenPath("/proc/thread-self/ns/net");

    /// <summary>The netns of a process's main thread; null where there is no such process.</summary>
    /// <exception cref="KernelException">EACCES where ptrace(2)'s access check refuses it.</exception>
    public static Netns? OfProcess(int pid)
    {
        var fd = TryOpenFile($"/proc/{pid}/ns/net", out var errno);
        return fd is not null ? Adopt(fd)
            : errno == Errno.ENOENT || errno == Errno.ESRCH ? null
            : throw new KernelException($"open the network namespace of process {pid}", errno);
    }

    /// <summary>Opens a path that leads to a netns, symbolic links and all, such as <c>/proc/1/ns/net</c>.</summary>
    public static Netns OpenPath(string path) => Adopt(OpenFile(path));

    /// <summary>Whether the netns that this process is in belongs to its user namespace, so that it has rights there.</summary>
    /// <remarks>The kernel says EPERM of an owner that is not the asker's own or below it (ioctl_nsfs(2)).</remarks>
    public static bool IsOursToConfigure()
    {
        using var netns = OfThisThread();
        using var owner = netns.TryOpenOwner(out _);
        return owner is not null;
    }

    /// <summary>The user namespace that owns it; null where that is neither ours nor below it (EPERM).</summary>
    public OwnedFd? TryOpenOwner(out Errno errno)
    {
        var fd = Libc.ioctl(Fd.Value, Libc.NS_GET_USERNS, 0);
        errno = fd < 0 ? Libc.LastErrno : Errno.None;
        return fd < 0 ? null : new OwnedFd(fd);
    }

    /// <summary>A netns without a name: it goes away with the last that holds it.</summary>
    public static Netns CreateUnnamed() => NetnsThread.RunInNew(OfThisThread);

    /// <summary>Takes over a descriptor; it is closed where it is no netns.</summary>
    /// <exception cref="KernelException">EINVAL: the file is not a network namespace.</exception>
    public static Netns Adopt(OwnedFd fd)
    {
        ArgumentNullException.ThrowIfNull(fd);
        if (!IsNetns(fd))
        {
            fd.Dispose();
            throw new KernelException("open a network namespace: the file is not one", Errno.EINVAL);
        }

        return new Netns(fd, IdentityOf(fd));
    }

    public void Dispose() => Fd.Dispose();

    internal static OwnedFd OpenFile(string path) =>
        TryOpenFile(path, out var errno) ?? throw new KernelException($"open {path}", errno);

    internal static unsafe bool IsNetns(OwnedFd fd)
    {
        // The ioctl's number means something else to other files' drivers, so the file system is asked first.
        Libc.StatFs stat;
        return Libc.fstatfs(fd.Value, &stat) == 0
            && stat.Type == Libc.NSFS_MAGIC
            && Libc.ioctl(fd.Value, Libc.NS_GET_NSTYPE, 0) == Libc.CLONE_NEWNET;
    }

    private static OwnedFd? TryOpenFile(string path, out Errno errno)
    {
        var fd = Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        errno = fd < 0 ? Libc.LastErrno : Errno.None;
        return fd < 0 ? null : new OwnedFd(fd);
    }

    private static unsafe NetnsIdentity IdentityOf(OwnedFd fd)
    {
        Libc.Statx stat;
        return Libc.statx(fd.Value, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat) == 0
            ? IdentityOf(stat)
            : throw new KernelException("stat a network namespace", Libc.LastErrno);
    }

    internal static NetnsIdentity IdentityOf(in Libc.Statx stat) =>
        new(stat.Device, stat.Inode);
}
