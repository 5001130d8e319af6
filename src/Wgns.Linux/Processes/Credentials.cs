namespace Wgns.Linux.Processes;

/// <summary>Who the calling thread is, and no other thread of the process.</summary>
/// <remarks>The C library's setresuid(3) and its like signal every thread to do the same; execve(2) must come first.</remarks>
internal static unsafe class Credentials
{
    /// <summary>
    /// Becomes the user for good: all groups, all three ids, no_new_privs, and for whoever is not root no capability:
    /// setresuid(2) clears what is effective and permitted, and with these goes what is ambient. The bounding set stays:
    /// no_new_privs alone keeps everybody from what is in it, and execve(2) refuses a program with file capabilities, as
    /// Debian's ping, where they are not.
    /// </summary>
    internal static void Drop(UserAccount user)
    {
        var groups = stackalloc uint[user.Groups.Length];
        for (var i = 0; i < user.Groups.Length; i++)
        {
            groups[i] = user.Groups[i];
        }

        if (user.Uid != 0)
        {
            Check(Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clear the ambient capabilities");
        }

        Check(Libc.syscall(Syscall.setgroups, user.Groups.Length, (nint)groups, 0, 0), "set the groups");
        Check(Libc.syscall(Syscall.setresgid, (nint)user.Gid, (nint)user.Gid, (nint)user.Gid, 0), "set the group");
        Check(Libc.syscall(Syscall.setresuid, (nint)user.Uid, (nint)user.Uid, (nint)user.Uid, 0), "set the user");

        // setns(2) back to the host is open to whoever gets CAP_SYS_ADMIN, so sudo and its like must not give it.
        Check(Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
    }

    private static void Check(nint result, string operation)
    {
        if (result != 0)
        {
            throw new KernelException(operation, Libc.LastErrno);
        }
    }
}
