using Wgns.Linux.Files;

namespace Wgns.Linux.Namespaces;

/// <summary>The directory where netns have names, as ip-netns(8) keeps it, so that its tools see ours and we see theirs.</summary>
/// <remarks>Names are looked up from the open directory without following links: a link planted under a name leads nowhere.</remarks>
public sealed partial class NetnsDirectory
{
    public const string DefaultPath = "/run/netns";

    // More than anybody stacks by mistake; the bound keeps a misbehaving mount table from holding us.
    private const int MountsOnOneName = 64;

    public NetnsDirectory(string path = DefaultPath) => Path = path;

    public string Path { get; }

    /// <summary>A file name that neither leaves the directory nor is it.</summary>
    public static bool IsValidName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name is not ("" or "." or "..")
            && !name.AsSpan().ContainsAny('/', '\0')
            && System.Text.Encoding.UTF8.GetByteCount(name) <= 255;
    }

    public string PathOf(string name) => IsValidName(name)
        ? $"{Path}/{name}"
        : throw new ArgumentException($"'{name}' cannot name a network namespace", nameof(name));

    /// <summary>Says what is under <paramref name="name"/>, and opens it where it is a netns.</summary>
    public NetnsLookup Open(string name)
    {
        _ = PathOf(name);
        using var directory = TryOpenDirectory();
        return directory is null ? new NetnsLookup.Absent() : Open(directory, name);
    }

    /// <summary>Takes the name away, whatever is mounted on it; a plain file left over goes too.</summary>
    public NetnsDeletion Delete(string name)
    {
        var path = PathOf(name);
        using var directory = TryOpenOwnDirectory();
        if (directory is null)
        {
            return NetnsDeletion.Absent;
        }

        for (var i = 0; i < MountsOnOneName; i++)
        {
            var lookup = Open(directory, name);
            (lookup as NetnsLookup.Found)?.Netns.Dispose();
            switch (lookup)
            {
                case NetnsLookup.Absent:
                    return NetnsDeletion.Absent;
                case NetnsLookup.Foreign:
                    return NetnsDeletion.Foreign;
                case NetnsLookup.Stale:
                    return Unlink(directory, name);
                default:
                    HostMounts.Unmount(path);
                    break;
            }
        }

        throw new KernelException($"delete the network namespace {name}", Errno.EBUSY);
    }

    private static unsafe NetnsLookup Open(OwnedFd directory, string name)
    {
        // O_PATH first: opening a fifo or a device that somebody put there would block or do things.
        var flags = Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
        using var path = new OwnedFd(Libc.openat(directory.Value, name, flags, 0));
        if (path.IsInvalid)
        {
            return Libc.LastErrno == Errno.ENOENT
                ? new NetnsLookup.Absent()
                : throw new KernelException($"open the network namespace {name}", Libc.LastErrno);
        }

        Libc.StatFs fileSystem;
        Libc.Statx stat;
        if (Libc.fstatfs(path.Value, &fileSystem) != 0
            || Libc.statx(path.Value, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat) != 0)
        {
            throw new KernelException($"stat the network namespace {name}", Libc.LastErrno);
        }

        if (fileSystem.Type != Libc.NSFS_MAGIC)
        {
            return (stat.Mode & Libc.S_IFMT) switch
            {
                Libc.S_IFREG => new NetnsLookup.Stale(),
                Libc.S_IFLNK => new NetnsLookup.Foreign("a symbolic link"),
                Libc.S_IFDIR => new NetnsLookup.Foreign("a directory"),
                _ => new NetnsLookup.Foreign("a special file"),
            };
        }

        var fd = new OwnedFd(Libc.openat(directory.Value, name, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0));
        if (fd.IsInvalid)
        {
            throw new KernelException($"open the network namespace {name}", Libc.LastErrno);
        }

        if (Netns.IsNetns(fd))
        {
            return new NetnsLookup.Found(Netns.Adopt(fd));
        }

        fd.Dispose();
        return new NetnsLookup.Foreign("another kind of namespace");
    }

    private static NetnsDeletion Unlink(OwnedFd directory, string name)
    {
        if (Libc.unlinkat(directory.Value, name, 0) == 0)
        {
            return NetnsDeletion.Deleted;
        }

        return Libc.LastErrno == Errno.ENOENT
            ? NetnsDeletion.Absent
            : throw new KernelException($"unlink the network namespace {name}", Libc.LastErrno);
    }

    private OwnedFd? TryOpenDirectory() => TryOpenDirectory(0, $"open {Path}");

    /// <summary>For a change: a link in the directory's own place (to docker's names, say) is looked through, and nothing is made or deleted behind it.</summary>
    private OwnedFd? TryOpenOwnDirectory() => TryOpenDirectory(Libc.O_NOFOLLOW, $"open {Path}, which must be no symbolic link");

    private OwnedFd? TryOpenDirectory(int flags, string operation)
    {
        var fd = Libc.openat(Libc.AT_FDCWD, Path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC | flags, 0);
        return fd >= 0 ? new OwnedFd(fd)
            : Libc.LastErrno == Errno.ENOENT ? null
            : throw new KernelException(operation, Libc.LastErrno);
    }
}
