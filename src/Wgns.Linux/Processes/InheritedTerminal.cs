using System.Runtime.InteropServices;

namespace Wgns.Linux.Processes;

/// <summary>The terminal's settings as we found them. Taken before Console is used, which changes them when it reads keys.</summary>
public sealed unsafe class InheritedTerminal
{
    // struct termios has 60 bytes in glibc and musl.
    private readonly byte[] _settings;

    private InheritedTerminal(byte[] settings) => _settings = settings;

    /// <summary>Null where stdin is no terminal.</summary>
    public static InheritedTerminal? Capture()
    {
        var settings = new byte[128];
        fixed (byte* start = settings)
        {
            return Libc.tcgetattr(0, start) == 0 ? new InheritedTerminal(settings) : null;
        }
    }

    /// <summary>
    /// After the first <see cref="PosixSignalRegistration"/>: from then on the runtime puts the terminal back, whenever this process is
    /// continued, to what it found then. By now that is the command's to set, or was never right: in the background a shell was
    /// reading its line there.
    /// </summary>
    public static void LeaveAlone() => _ = Libc.signal(Libc.SIGCONT, Libc.SIG_DFL);

    /// <summary>Whether the keys of a terminal signal this process and those that are in its group with it.</summary>
    public static bool SignalsUs()
    {
        using var terminal = new OwnedFd(Libc.openat(Libc.AT_FDCWD, "/dev/tty", Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        return !terminal.IsInvalid && Libc.tcgetpgrp(terminal.Value) == Libc.getpgrp();
    }

    /// <summary>Puts the settings back where they differ and the terminal is ours to set. Raw calls only.</summary>
    internal void Restore()
    {
        var now = stackalloc byte[128];
        new Span<byte>(now, 128).Clear();

        // A process in the background that sets its terminal is stopped by SIGTTOU.
        if (Libc.tcgetattr(0, now) == 0
            && !new ReadOnlySpan<byte>(now, 128).SequenceEqual(_settings)
            && Libc.tcgetpgrp(0) == Libc.getpgrp())
        {
            fixed (byte* start = _settings)
            {
                Libc.Check(Libc.tcsetattr(0, Libc.TCSANOW, start), "restore the terminal");
            }
        }
    }
}
