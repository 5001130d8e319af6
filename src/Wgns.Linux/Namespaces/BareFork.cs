using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wgns.Linux.Events;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>One system call of a forked child. A negative answer is the child's end.</summary>
/// <remarks>Fields: a property is a method, which may not have been compiled when the child asks for it.</remarks>
internal readonly struct RawCall(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0)
{
    internal readonly nint Number = number;
    internal readonly nint A = a;
    internal readonly nint B = b;
    internal readonly nint C = c;
    internal readonly nint D = d;
    internal readonly nint E = e;
}

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
    private RawCall* _calls;

    internal BareFork(string program, ImmutableArray<string> arguments, IReadOnlyCollection<string> environment)
    {
        Program = program;
        _argv = new NativeStrings([program, .. arguments]);
        _envp = new NativeStrings(environment);
        (_reportRead, _reportWrite) = Descriptors.Pipe();
        (_goRead, _goWrite) = Descriptors.Pipe();
        _scratch = (int*)NativeMemory.AllocZeroed(2 * sizeof(int));
    }

    internal string Program { get; }

    /// <summary>
    /// Which call the last error that <see cref="Report"/> or <see cref="Continue"/> told was of: its place among all of them;
    /// as many as they are is execve(2)'s.
    /// </summary>
    internal int Failed { get; private set; }

    /// <summary>
    /// Forks; the child makes the <paramref name="first"/> calls, reports, waits for <see cref="Continue"/>, and makes the rest.
    /// It has our standard input and outputs, unless calls give it others, and no other descriptor of ours.
    /// </summary>
    internal int Start(ReadOnlySpan<RawCall> first, ReadOnlySpan<RawCall> then)
    {
        Descriptors.CloseOnExec();
        ChildProcess.Expect();
        _calls = (RawCall*)NativeMemory.AllocZeroed((nuint)(first.Length + then.Length + 1), (nuint)sizeof(RawCall));
        first.CopyTo(new Span<RawCall>(_calls, first.Length));
        then.CopyTo(new Span<RawCall>(_calls + first.Length, then.Length));
        var libc = NativeLibrary.GetMainProgramHandle();
        var plan = new Plan
        {
            Call = (delegate* unmanaged[SuppressGCTransition]<nint, nint, nint, nint, nint, nint, nint>)
                NativeLibrary.GetExport(libc, "syscall"),
            Errno = ((delegate* unmanaged<int*>)NativeLibrary.GetExport(libc, "__errno_location"))(),
            Report = _scratch,
            Calls = _calls,
            First = first.Length,
            All = first.Length + then.Length,
            ReportFd = _reportWrite.Value,
            GoFd = _goRead.Value,
            OtherGoFd = _goWrite.Value,
            Argv = _argv.Pointer,
            Envp = _envp.Pointer,
            Clone = Syscall.clone,
            Read = Syscall.read,
            Write = Syscall.write,
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

    /// <summary>How the child's first calls went.</summary>
    internal Errno Report(TimeSpan patience) => ReadReport(patience) ?? throw new KernelException("wait for a child", Errno.ESRCH);

    /// <summary>Lets the child go on to its program, and says how the other calls and execve went.</summary>
    internal Errno Continue(TimeSpan patience)
    {
        RawFile.WriteAll(_goWrite, "x"u8, "wake a child");

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
        NativeMemory.Free(_calls);
    }

    private Errno? ReadReport(TimeSpan patience)
    {
        if (!Polling.Wait(_reportRead, Libc.POLLIN, patience))
        {
            return Errno.ETIMEDOUT;
        }

        var report = stackalloc int[2];
        if (Libc.read(_reportRead.Value, report, 2 * sizeof(int)) != 2 * sizeof(int))
        {
            return null;
        }

        Failed = report[1];
        return new Errno(report[0]);
    }

    /// <summary>
    /// Returns in the parent only. Straight on, without a call or an object of .NET's; optimized at once, since a loop that is
    /// compiled a second time while it runs would be a call.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static nint Fork(in Plan plan, nint flags)
    {
        var call = plan.Call;
        var pid = call(plan.Clone, flags, 0, 0, 0, 0);
        if (pid != 0)
        {
            return pid;
        }

        var at = 0;
        while (at < plan.First && call(plan.Calls[at].Number, plan.Calls[at].A, plan.Calls[at].B, plan.Calls[at].C, plan.Calls[at].D, plan.Calls[at].E) >= 0)
        {
            at++;
        }

        plan.Report[0] = at == plan.First ? 0 : *plan.Errno;
        plan.Report[1] = at;
        call(plan.Write, plan.ReportFd, (nint)plan.Report, 2 * sizeof(int), 0, 0);
        call(plan.Close, plan.OtherGoFd, 0, 0, 0, 0);

        // Nothing to read: the parent gave up, or is gone.
        if (at == plan.First && call(plan.Read, plan.GoFd, (nint)plan.Report, 1, 0, 0) == 1)
        {
            while (at < plan.All && call(plan.Calls[at].Number, plan.Calls[at].A, plan.Calls[at].B, plan.Calls[at].C, plan.Calls[at].D, plan.Calls[at].E) >= 0)
            {
                at++;
            }

            if (at == plan.All)
            {
                call(plan.Execve, (nint)plan.Argv[0], (nint)plan.Argv, (nint)plan.Envp, 0, 0);
            }

            plan.Report[0] = *plan.Errno;
            plan.Report[1] = at;
            call(plan.Write, plan.ReportFd, (nint)plan.Report, 2 * sizeof(int), 0, 0);
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
        internal RawCall* Calls;
        internal int First;
        internal int All;
        internal int ReportFd;
        internal int GoFd;
        internal int OtherGoFd;
        internal byte** Argv;
        internal byte** Envp;
        internal int Clone;
        internal int Read;
        internal int Write;
        internal int Close;
        internal int Execve;
        internal int Exit;
    }
}
