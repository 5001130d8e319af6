using Wgns.Linux.Files;

namespace Wgns.Linux.Processes;

/// <summary>Carries out the steps of a request, by raw calls, in a mount namespace of the calling thread's own.</summary>
internal static unsafe class MountSteps
{
    internal static void Run(IReadOnlyList<MountStep> steps)
    {
        using var covered = new CoveredPaths();

        // Of this thread alone, since it has left the others' file system attributes with their mounts (unshare(2)).
        var umask = Libc.syscall(Syscall.umask, 0x12, 0, 0, 0);
        foreach (var step in steps)
        {
            Run(step, covered);
        }

        foreach (var step in steps)
        {
            if (step is { Type: not null, IsReadOnlyLater: true } && (step.Required || Directory.Exists(step.Target)))
            {
                MakeReadOnly(step.Target);
            }
        }

        Libc.syscall(Syscall.umask, umask, 0, 0, 0);
    }

    private static void Run(MountStep step, CoveredPaths covered)
    {
        foreach (var path in step.Creates)
        {
            if (path.LinkTo is { } target)
            {
                MakeLink(path.Path, target);
            }
            else
            {
                Make(path.Path, path.IsDirectory);
            }
        }

        if (step.Type is { } type)
        {
            covered.Keep(step.Target);
            MountNew(step, type);
            return;
        }

        using var source = covered.Open(step.Source);
        if (source.IsInvalid)
        {
            FailUnlessAbsent(step);
        }
        else if (step.Entries.IsEmpty)
        {
            Bind(step, source);
        }
        else
        {
            BindEntries(step, source);
        }
    }

    private static void MountNew(MountStep step, string type)
    {
        if (step.MakesTarget)
        {
            Make(step.Target, isDirectory: true);
        }

        if (Libc.mount(step.Source, step.Target, type, step.Flags, step.Data) != 0)
        {
            FailUnlessAbsent(step);
        }
    }

    private static void Bind(MountStep step, OwnedFd source)
    {
        if (step.MakesTarget)
        {
            Make(step.Target, IsDirectory(source, step.Source));
        }

        if (Libc.mount($"/proc/self/fd/{source.Value}", step.Target, "none", step.Flags, null) != 0)
        {
            FailUnlessAbsent(step);
        }
        else if (step.ReadOnly)
        {
            MakeReadOnly(step.Target);
        }
    }

    /// <summary>The one failure that ip only warns of: there is nothing to cover, or nothing to cover it with.</summary>
    private static void FailUnlessAbsent(MountStep step)
    {
        if (step.Required || Libc.LastErrno != Errno.ENOENT)
        {
            throw new KernelException($"mount {step.Type ?? step.Source} on {step.Target}", Libc.LastErrno);
        }
    }

    /// <summary>From within the source, whatever covers it: there are scores of them, and half of a mount's cost is to find its paths.</summary>
    private static void BindEntries(MountStep step, OwnedFd source)
    {
        using var here = new OwnedFd(Libc.openat(Libc.AT_FDCWD, ".", Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));
        Libc.Check(here.IsInvalid ? -1 : Libc.syscall(Syscall.fchdir, source.Value, 0, 0, 0), $"enter {step.Source}");
        foreach (var name in step.Entries)
        {
            if (Libc.mount(name, $"{step.Target}/{name}", "none", step.Flags, null) != 0 && (step.Required || Libc.LastErrno != Errno.ENOENT))
            {
                throw new KernelException($"mount {step.Source}/{name} on {step.Target}/{name}", Libc.LastErrno);
            }
        }

        Libc.Check(Libc.syscall(Syscall.fchdir, here.Value, 0, 0, 0), "go back to the working directory");
    }

    private static bool IsDirectory(OwnedFd fd, string path)
    {
        Libc.Statx stat;
        Libc.Check(Libc.statx(fd.Value, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat), $"stat {path}");
        return (stat.Mode & Libc.S_IFMT) == Libc.S_IFDIR;
    }

    private static void Make(string path, bool isDirectory)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            MakeDirectory(path[..slash]);
        }

        if (isDirectory)
        {
            MakeDirectory(path);
            return;
        }

        using var file = new OwnedFd(Libc.openat(
            Libc.AT_FDCWD, path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, Permissions.Everybody));
        if (file.IsInvalid && Libc.LastErrno != Errno.EEXIST)
        {
            throw new KernelException($"create {path}", Libc.LastErrno);
        }
    }

    private static void MakeLink(string path, string target)
    {
        fixed (byte* to = System.Text.Encoding.UTF8.GetBytes(target + "\0"))
        fixed (byte* at = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
        {
            if (Libc.syscall(Syscall.symlinkat, (nint)to, Libc.AT_FDCWD, (nint)at, 0) != 0 && Libc.LastErrno != Errno.EEXIST)
            {
                throw new KernelException($"create {path}", Libc.LastErrno);
            }
        }
    }

    private static void MakeDirectory(string path)
    {
        if (Libc.mkdirat(Libc.AT_FDCWD, path, Permissions.EverybodysDirectory) != 0 && Libc.LastErrno != Errno.EEXIST)
        {
            throw new KernelException($"create {path}", Libc.LastErrno);
        }
    }

    /// <summary>A bind takes its flags from what it binds, and those of another user namespace's mounts must be kept.</summary>
    private static void MakeReadOnly(string target)
    {
        using var fd = new OwnedFd(Libc.openat(Libc.AT_FDCWD, target, Libc.O_PATH | Libc.O_CLOEXEC, 0));
        var stat = default(Libc.StatFs);
        Libc.Check(fd.IsInvalid ? -1 : Libc.fstatfs(fd.Value, &stat), $"look at {target}");

        // ST_NOSUID, ST_NODEV and ST_NOEXEC of statfs(2) are the numbers of MS_NOSUID, MS_NODEV and MS_NOEXEC.
        var kept = (nuint)stat.Flags & (Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC);
        Libc.Check(
            Libc.mount("", target, "none", Libc.MS_BIND | Libc.MS_REMOUNT | Libc.MS_RDONLY | kept, null), $"make {target} read-only");
    }
}
