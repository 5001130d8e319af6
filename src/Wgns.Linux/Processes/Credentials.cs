namespace Wgns.Linux.Processes;

/// <summary>Who the calling thread is, and no other thread of the process.</summary>
/// <remarks>The C library's setresuid(3) and its like signal every thread to do the same; execve(2) must come first.</remarks>
internal static unsafe class Credentials
{
    /// <summary>Becomes the user for good: all groups, all three ids, no capabilities (unless it is root), no_new_privs.</summary>
    internal static void Drop(UserAccount user)
    {
        var groups = stackalloc uint[user.Groups.Length];
        for (var i = 0; i < user.Groups.Length; i++)
        {
            groups[i] = user.Groups[i];
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
