using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>A fork that makes a few system calls and then executes a program.</summary>
/// <remarks>
/// <para>
/// In the child there is one thread, a copy of the one that forked, and none of the runtime's: it may not allocate, be
/// collected, compile or bind anything. So everything goes through one pointer to syscall(2), resolved and called
/// before, with no transition of the garbage collector around it, and the strings are outside the collected heap.
/// clone(2) is called bare: fork(3)'s handlers are for programs that go on.
/// </para>
/// <para>
/// Should a collection be on its way in another thread at the very moment of the fork, the child waits for it in
/// vain and says nothing, and <see cref="Report"/> answers ETIMEDOUT: the parent kills it and forks again.
/// </para>
/// </remarks>
internal sealed unsafe class BareFork : IDisposable
{
    private readonly NativeStrings _argv;
    private readonly NativeStrings _envp;
    private readonly OwnedFd _reportRead;
    private readonly OwnedFd _reportWrite;
    private readonly OwnedFd _goRead;
    private readonly OwnedFd _goWrite;
    private readonly int* _scratch;

    internal BareFork(string program, ImmutableArray<string> arguments, IReadOnlyCollection<string> environment)
    {
        Program = program;
        _argv = new NativeStrings([program, .. arguments]);
        _envp = new NativeStrings(environment);
        (_reportRead, _reportWrite) = Descriptors.Pipe();
        (_goRead, _goWrite) = Descriptors.Pipe();
        _scratch = (int*)NativeMemory.AllocZeroed(sizeof(int));
    }

    internal string Program { get; }

    /// <summary>Forks; the child goes as far as <c>unshare</c>, reports, and waits for <see cref="Continue"/>.</summary>
    internal int Start(int namespaces, OwnedFd input, OwnedFd output, OwnedFd errors)
    {
        Descriptors.CloseOnExec();
        var libc = NativeLibrary.GetMainProgramHandle();
        var plan = new Plan
        {
            Call = (delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, nint, nint, nint, nint>)
                NativeLibrary.GetExport(libc, "syscall"),
            Errno = ((delegate* unmanaged<int*>)NativeLibrary.GetExport(libc, "__errno_location"))(),
            Report = _scratch,
            Namespaces = namespaces,
            Input = input.Value,
            Output = output.Value,
            Errors = errors.Value,
            ReportFd = _reportWrite.Value,
            GoFd = _goRead.Value,
            OtherGoFd = _goWrite.Value,
            Argv = _argv.Pointer,
            Envp = _envp.Pointer,
            Clone = Syscall.clone,
            Unshare = Syscall.unshare,
            Read = Syscall.read,
            Write = Syscall.write,
            Dup3 = Syscall.dup3,
            Close = Syscall.close,
            Execve = Syscall.execve,
            Exit = Syscall.exit_group,
        };

        // Compiles the method and binds what it calls, with a fork that is refused: CLONE_SIGHAND without CLONE_VM.
        var rehearsal = Fork(plan, 0x800);
        if (rehearsal >= 0 || *plan.Errno != Linux.Errno.EINVAL.Value)
        {
            throw new InvalidOperationException($"clone answered {rehearsal} to flags it must refuse");
        }

        var pid = (int)Fork(plan, Libc.SIGCHLD);
        var errno = new Errno(pid < 0 ? *plan.Errno : 0);
        _reportWrite.Dispose();
        _goRead.Dispose();
        return errno.IsNone ? pid : throw new KernelException("fork", errno);
    }

    /// <summary>How the child's unshare went.</summary>
    internal Errno Report(TimeSpan patience) => ReadReport(patience) ?? throw new KernelException("wait for a child", Errno.ESRCH);

    /// <summary>Lets the child go on to its program, and says how execve went.</summary>
    internal Errno Continue(TimeSpan patience)
    {
        Files.RawFile.WriteAll(_goWrite, "x"u8, "wake a child");

        // execve closes the pipe, which says more than any word.
        return ReadReport(patience) ?? Errno.None;
    }

    public void Dispose()
    {
        _argv.Dispose();
        _envp.Dispose();
        _reportRead.Dispose();
        _reportWrite.Dispose();
        _goRead.Dispose();
        _goWrite.Dispose();
        NativeMemory.Free(_scratch);
    }

    private Errno? ReadReport(TimeSpan patience)
    {
        if (!Polling.Wait(_reportRead, Libc.POLLIN, patience))
        {
            return Errno.ETIMEDOUT;
        }

        int errno;
        return Libc.read(_reportRead.Value, &errno, sizeof(int)) == sizeof(int) ? new Errno(errno) : null;
    }

    /// <summary>Returns in the parent only. Straight on, without a loop, a call or an object of .NET's.</summary>
    private static nint Fork(in Plan plan, nint flags)
    {
        var call = plan.Call;
        var pid = call(plan.Clone, flags, 0, 0, 0, 0);
        if (pid != 0)
        {
            return pid;
        }

        *plan.Report = call(plan.Unshare, plan.Namespaces, 0, 0, 0, 0) == 0 ? 0 : *plan.Errno;
        call(plan.Write, plan.ReportFd, (nint)plan.Report, sizeof(int), 0, 0);
        call(plan.Close, plan.OtherGoFd, 0, 0, 0, 0);

        // Nothing to read: the parent gave up, or is gone.
        if (*plan.Report == 0 && call(plan.Read, plan.GoFd, (nint)plan.Report, 1, 0, 0) == 1)
        {
            call(plan.Dup3, plan.Input, 0, 0, 0, 0);
            call(plan.Dup3, plan.Output, 1, 0, 0, 0);
            call(plan.Dup3, plan.Errors, 2, 0, 0, 0);
            call(plan.Execve, (nint)plan.Argv[0], (nint)plan.Argv, (nint)plan.Envp, 0, 0);
            *plan.Report = *plan.Errno;
            call(plan.Write, plan.ReportFd, (nint)plan.Report, sizeof(int), 0, 0);
        }

        call(plan.Exit, 127, 0, 0, 0, 0);
        return 0;
    }

    /// <summary>All that the child needs, in one value on the stack: numbers too, so that no static field is asked for.</summary>
    private struct Plan
    {
        internal delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, nint, nint, nint, nint> Call;
        internal int* Errno;
        internal int* Report;
        internal int Namespaces;
        internal int Input;
        internal int Output;
        internal int Errors;
        internal int ReportFd;
        internal int GoFd;
        internal int OtherGoFd;
        internal byte** Argv;
        internal byte** Envp;
        internal int Clone;
        internal int Unshare;
        internal int Read;
        internal int Write;
        internal int Dup3;
        internal int Close;
        internal int Execve;
        internal int Exit;
    }
}
