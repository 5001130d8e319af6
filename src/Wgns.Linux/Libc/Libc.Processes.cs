using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>Processes, signals and limits: <c>spawn.h</c>, <c>signal.h</c>, <c>sys/resource.h</c>, <c>linux/close_range.h</c>.</summary>
internal static partial class Libc
{
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;

    internal const int SIGKILL = 9;
    internal const int SIGPIPE = 13;
    internal const int SIGTERM = 15;
    internal const int SIGCHLD = 17;
    internal const int SIGCONT = 18;
    internal const int SIGSTOP = 19;
    internal const int SIGTTOU = 22;
    internal const int SIG_BLOCK = 0;
    internal const int SIG_SETMASK = 2;
    internal const nint SIG_DFL = 0;
    internal const nint SIG_IGN = 1;
    internal const nint SIG_ERR = -1;

    internal const int WNOHANG = 1;
    internal const int WSTOPPED = 2;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x01000000;
    internal const int P_PID = 1;
    internal const int CLD_STOPPED = 5;
    internal const int RLIMIT_NOFILE = 7;
    internal const int RLIMIT_CORE = 4;
    internal const uint CLOSE_RANGE_CLOEXEC = 4;
    internal const int F_GETFD = 1;
    internal const int F_SETFD = 2;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int FD_CLOEXEC = 1;
    internal const int F_DUPFD_CLOEXEC = 1030;
    internal const int PR_SET_NO_NEW_PRIVS = 38;
    internal const int PR_SET_PDEATHSIG = 1;
    internal const int PR_SET_DUMPABLE = 4;
    internal const int PR_CAPBSET_DROP = 24;
    internal const int PR_CAP_AMBIENT = 47;
    internal const int PR_CAP_AMBIENT_RAISE = 2;
    internal const int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    internal const int PR_SET_SECCOMP = 22;

    /// <summary><c>linux/capability.h</c>.</summary>
    internal const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    /// <summary><c>linux/seccomp.h</c>.</summary>
    internal const int SECCOMP_MODE_FILTER = 2;
    internal const uint SECCOMP_RET_ERRNO = 0x00050000;
    internal const uint SECCOMP_RET_ALLOW = 0x7FFF0000;

    internal const short POLLIN = 1;
    internal const short POLLOUT = 4;

    /// <summary>Room for glibc's and musl's posix_spawnattr_t (336 bytes) and posix_spawn_file_actions_t (80).</summary>
    internal const int SpawnAttributesSize = 512;

    internal const int SpawnActionsSize = 256;

    /// <summary>Room for glibc's and musl's struct sigaction (152 bytes), which begins with the handler.</summary>
    internal const int SignalActionSize = 256;

    /// <summary>sigset_t of the C library: 1024 bits.</summary>
    internal const int SignalSetSize = 128;

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawn(
        int* pid, byte* path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawnattr_setsigdefault(byte* attributes, byte* set);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawnattr_setsigmask(byte* attributes, byte* set);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawn_file_actions_adddup2(byte* actions, int fd, int newFd);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawn_file_actions_addopen(
        byte* actions, int fd, byte* path, int flags, uint mode);

    [LibraryImport(Library)]
    internal static unsafe partial int posix_spawn_file_actions_addchdir_np(byte* actions, byte* path);

    [LibraryImport(Library)]
    internal static unsafe partial int sigemptyset(byte* set);

    [LibraryImport(Library)]
    internal static unsafe partial int sigaddset(byte* set, int number);

    [LibraryImport(Library)]
    internal static unsafe partial int pthread_sigmask(int how, byte* set, byte* old);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint signal(int number, nint handler);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int sigaction(int number, byte* action, byte* old);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int waitpid(int pid, int* status, int options);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int waitid(int kind, int id, SignalInfo* info, int options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int kill(int pid, int number);

    /// <summary>To the calling thread.</summary>
    [LibraryImport(Library)]
    internal static partial int raise(int number);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int execve(byte* path, byte** argv, byte** envp);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int getrlimit(int resource, ResourceLimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int setrlimit(int resource, ResourceLimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int pipe2(int* ends, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int poll(PollFd* fds, nuint count, int timeout);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int usleep(uint microseconds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial nint getrandom(byte* buffer, nuint length, uint flags);

    /// <summary>struct rlimit; RLIM_INFINITY is all ones.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ResourceLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }

    /// <summary>siginfo_t, which has 128 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct SignalInfo
    {
        internal int Number;
        internal int Error;
        internal int Code;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        internal int Fd;
        internal short Events;
        internal short Returned;
    }
}
