namespace Wgns.Linux.Processes;

/// <summary>What this process has been forbidden for good, and what it forbids others.</summary>
public static class OwnRestrictions
{
    /// <summary>Whether it passes any on to every program that it starts: no_new_privs (prctl(2)) or a filter of system calls (seccomp(2)).</summary>
    public static bool AreThere => Tell(File.ReadLines("/proc/thread-self/status"));

    /// <summary>
    /// From here on other processes of this one's user neither trace it, nor take its descriptors (pidfd_getfd(2)), nor go by its
    /// /proc/PID/root (PR_SET_DUMPABLE of prctl(2)). The next execve(2) ends that.
    /// </summary>
    /// <exception cref="KernelException">It could not be set.</exception>
    public static void RefuseItsOwnUser() => Libc.Check(Libc.prctl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0), "keep other processes of this user out");

    /// <param name="status">proc_pid_status(5). "Seccomp: 2" is SECCOMP_MODE_FILTER of linux/seccomp.h.</param>
    internal static bool Tell(IEnumerable<string> status) => status.Any(line => line is "NoNewPrivs:\t1" or "Seccomp:\t2");
}
