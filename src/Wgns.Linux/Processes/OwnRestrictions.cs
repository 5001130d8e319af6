namespace Wgns.Linux.Processes;

/// <summary>What this process has been forbidden for good, and passes on to every program that it starts.</summary>
public static class OwnRestrictions
{
    /// <summary>Whether there are any: no_new_privs (prctl(2)) or a filter of system calls (seccomp(2)).</summary>
    public static bool AreThere => Tell(File.ReadLines("/proc/thread-self/status"));

    /// <param name="status">proc_pid_status(5). "Seccomp: 2" is SECCOMP_MODE_FILTER of linux/seccomp.h.</param>
    internal static bool Tell(IEnumerable<string> status) => status.Any(line => line is "NoNewPrivs:\t1" or "Seccomp:\t2");
}
