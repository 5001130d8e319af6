namespace Wgns.Linux.Processes;

/// <summary>Signals as a program expects them after execve(2): until disposed, which only a failed execve comes to.</summary>
/// <remarks>
/// execve gives a signal with a handler back its default and leaves an ignored one ignored. The runtime ignores one
/// signal, SIGPIPE, and leaves those that were ignored when it started (nohup's SIGHUP, a background job's SIGINT)
/// as they were, so that they stay ignored in the command (tried with CoreCLR 10.0 and NativeAOT 9.0; CoreCLR alone
/// takes SIGTERM). Whether SIGPIPE was ignored before cannot be known any more.
/// </remarks>
internal sealed unsafe class SignalsAtDefault : IDisposable
{
    private readonly nint _pipe;
    private readonly byte[] _mask = new byte[Libc.SignalSetSize];

    internal SignalsAtDefault()
    {
        var empty = stackalloc byte[Libc.SignalSetSize];
        _ = Libc.sigemptyset(empty);
        fixed (byte* before = _mask)
        {
            _ = Libc.pthread_sigmask(Libc.SIG_SETMASK, empty, before);
        }

        _pipe = Libc.signal(Libc.SIGPIPE, Libc.SIG_DFL);
        if (_pipe == Libc.SIG_ERR)
        {
            throw new KernelException("restore SIGPIPE", Libc.LastErrno);
        }
    }

    public void Dispose()
    {
        _ = Libc.signal(Libc.SIGPIPE, _pipe);
        fixed (byte* before = _mask)
        {
            _ = Libc.pthread_sigmask(Libc.SIG_SETMASK, before, null);
        }
    }
}
