using System.Collections.Immutable;

namespace Wgns.Linux.Processes;

/// <summary>A command ready for execve(2): every string it takes is outside the garbage collector's reach.</summary>
internal sealed unsafe class ProgramImage : IDisposable
{
    private const int NotFound = 127;
    private const int NotExecutable = 126;

    private readonly string _name;
    private readonly NativeStrings _paths;
    private readonly int _pathCount;
    private readonly NativeStrings _argv;
    private readonly NativeStrings _envp;
    private readonly NativeStrings _script;

    internal ProgramImage(ImmutableArray<string> command, IReadOnlyCollection<string> environment)
    {
        _name = command[0];
        var path = environment.FirstOrDefault(v => v.StartsWith("PATH=", StringComparison.Ordinal))?["PATH=".Length..];
        var candidates = ProgramSearch.Candidates(_name, path);
        _pathCount = candidates.Length;
        _paths = new NativeStrings(candidates);
        _argv = new NativeStrings(command);
        _envp = new NativeStrings(environment);

        // For a script without #!; the second place is filled when it is known which candidate it is.
        _script = new NativeStrings(["/bin/sh", "", .. command[1..]]);
    }

    /// <summary>Returns only where no candidate could be executed. On the thread that is to become the command.</summary>
    internal BecomeFailure Execute()
    {
        using var signals = new SignalsAtDefault();
        var raised = DescriptorLimit.Lower();
        var errno = Errno.ENOENT;
        for (var i = 0; i < _pathCount; i++)
        {
            var one = Execute(_paths.Pointer[i]);
            if (!IsPassedOver(one))
            {
                errno = one;
                break;
            }

            // What could have been it, but must not be executed, is the better answer.
            errno = errno == Errno.EACCES ? errno : one == Errno.EACCES ? one : Errno.ENOENT;
        }

        if (raised is { } limit)
        {
            DescriptorLimit.Set(limit);
        }

        return new BecomeFailure($"execute {_name}", errno, errno == Errno.ENOENT ? NotFound : NotExecutable);
    }

    public void Dispose()
    {
        _paths.Dispose();
        _argv.Dispose();
        _envp.Dispose();
        _script.Dispose();
    }

    private Errno Execute(byte* path)
    {
        // execve(2) makes a process's memory before it looks for the file, and a name stands in few of PATH's directories.
        if (_pathCount > 1 && Libc.access(path, Libc.F_OK) != 0 && Libc.LastErrno == Errno.ENOENT)
        {
            return Errno.ENOENT;
        }

        _ = Libc.execve(path, _argv.Pointer, _envp.Pointer);
        var refused = Libc.LastErrno;
        if (refused == Errno.EACCES && Libc.access(path, Libc.F_OK) != 0)
        {
            // A directory of root's PATH that the user may not search holds nothing for them.
            return Libc.LastErrno == Errno.EACCES && _pathCount > 1 ? Errno.ENOENT : refused;
        }

        if (refused != Errno.ENOEXEC)
        {
            return refused;
        }

        var empty = _script.Pointer[1];
        _script.Pointer[1] = path;
        _ = Libc.execve(_script.First, _script.Pointer, _envp.Pointer);
        var errno = Libc.LastErrno;
        _script.Pointer[1] = empty;
        return errno;
    }

    /// <summary>A directory of PATH that does not answer is passed over (execvp(3) of glibc and musl).</summary>
    private static bool IsPassedOver(Errno errno) =>
        errno == Errno.ENOENT || errno == Errno.ENOTDIR || errno == Errno.EACCES || errno == Errno.ENODEV || errno == Errno.ETIMEDOUT || errno == Errno.ESTALE;
}
