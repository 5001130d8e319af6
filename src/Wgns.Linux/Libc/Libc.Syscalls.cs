using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>
/// Numbers of the system calls that are made without the C library's wrapper: it has none on every system this
/// runs on, or (set*id) its own applies the call to all threads, where only one is meant.
/// </summary>
/// <remarks><c>arch/x86/entry/syscalls/syscall_64.tbl</c>, and <c>asm-generic/unistd.h</c> for arm64 and riscv64.</remarks>
internal static class Syscall
{
    internal const int pidfd_send_signal = 424;
    internal const int io_uring_setup = 425;
    internal const int pidfd_open = 434;
    internal const int close_range = 436;
    internal const int openat2 = 437;
    internal const int pidfd_getfd = 438;

    internal static readonly int setgroups = Of(116, 159);
    internal static readonly int setresgid = Of(119, 149);
    internal static readonly int setresuid = Of(117, 147);
    internal static readonly int clone = Of(56, 220);
    internal static readonly int ioctl = Of(16, 29);
    internal static readonly int socket = Of(41, 198);
    internal static readonly int unshare = Of(272, 97);
    internal static readonly int read = Of(0, 63);
    internal static readonly int write = Of(1, 64);
    internal static readonly int dup3 = Of(292, 24);
    internal static readonly int execve = Of(59, 221);
    internal static readonly int exit_group = Of(231, 94);
    internal static readonly int getppid = Of(110, 173);
    internal static readonly int close = Of(3, 57);
    internal static readonly int umask = Of(95, 166);
    internal static readonly int chdir = Of(80, 49);
    internal static readonly int fchdir = Of(81, 50);
    internal static readonly int getdents64 = Of(217, 61);
    internal static readonly int setns = Of(308, 268);
    internal static readonly int mount = Of(165, 40);
    internal static readonly int symlinkat = Of(266, 36);
    internal static readonly int setsid = Of(112, 157);
    internal static readonly int capset = Of(126, 91);
    internal static readonly int prctl = Of(157, 167);

    private static int Of(int x64, int generic) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => x64,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => generic,
        var other => throw new PlatformNotSupportedException($"system call numbers of {other} are not known"),
    };
}
