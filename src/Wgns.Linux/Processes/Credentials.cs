namespace Wgns.Linux.Processes;

/// <summary>Who the calling thread is, and no other thread of the process.</summary>
/// <remarks>The C library's setresuid(3) and its like signal every thread to do the same; execve(2) must come first.</remarks>
internal static unsafe class Credentials
{
    /// <summary>CAP_LAST_CAP of linux/capability.h was 40 in 2024; the kernel says EINVAL from its own last one on.</summary>
    private const int MostCapabilities = 64;

    /// <summary>
    /// CAP_CHOWN to CAP_SETUID: what root of a user namespace may keep, since it reaches neither the network nor the mounts nor
    /// other processes' memory.
    /// </summary>
    private const nuint OfFilesAndUsers = 8;

    /// <summary>
    /// Becomes the user for good: all groups, all three ids, no_new_privs, and for whoever is not root no capability:
    /// setresuid(2) clears what is effective and permitted, and with these goes what is ambient. The bounding set stays:
    /// no_new_privs alone keeps everybody from what is in it, and execve(2) refuses a program with file capabilities, as
    /// Debian's ping, where they are not.
    /// </summary>
    /// <param name="forGood">Without a bounding set: for a program of ours that executes no other.</param>
    internal static void Drop(UserAccount user, bool inUserNamespace = false, bool forGood = false)
    {
        var groups = stackalloc uint[user.Groups.Length];
        for (var i = 0; i < user.Groups.Length; i++)
        {
            groups[i] = user.Groups[i];
        }

        if (user.Uid != 0 || inUserNamespace)
        {
            Libc.Check(Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clear the ambient capabilities");
            if (user.Uid == 0 || forGood)
            {
                // root of a user namespace has them by its number alone, each time it executes something.
                DropBoundingSet(keeping: user.Uid == 0 ? OfFilesAndUsers : 0);
            }
        }

        if (inUserNamespace)
        {
            // Root gets over execve(2) what is inheritable too, which is all that was made ambient.
            Set(held: uint.MaxValue);
        }

        Libc.Check(Libc.syscall(Syscall.setgroups, user.Groups.Length, (nint)groups, 0, 0), "set the groups");
        Libc.Check(Libc.syscall(Syscall.setresgid, (nint)user.Gid, (nint)user.Gid, (nint)user.Gid, 0), "set the group");
        Libc.Check(Libc.syscall(Syscall.setresuid, (nint)user.Uid, (nint)user.Uid, (nint)user.Uid, 0), "set the user");

        // setns(2) back to the host is open to whoever gets CAP_SYS_ADMIN, so sudo and its like must not give it.
        Libc.Check(Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
    }

    /// <summary>
    /// Stays who we are, and gives up every capability for good, those of a user namespace of our own: who keeps them could take
    /// the rules away and leave. The bounding set stays: without CAP_NET_RAW in it a ping(8) with file capabilities is not executed
    /// at all (EPERM), and with no_new_privs nothing in it can be had.
    /// </summary>
    internal static void GiveUp()
    {
        Libc.Check(Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clear the ambient capabilities");
        Set(held: 0);
        Libc.Check(Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
    }

    /// <summary>Nothing inheritable; effective and permitted are these bits, in both words of the set.</summary>
    private static void Set(uint held)
    {
        var header = stackalloc uint[] { Libc._LINUX_CAPABILITY_VERSION_3, 0 };
        var data = stackalloc uint[] { held, held, 0, held, held, 0 };
        Libc.Check(Libc.syscall(Syscall.capset, (nint)header, (nint)data, 0, 0), "set the capabilities");
    }

    private static void DropBoundingSet(nuint keeping)
    {
        for (var capability = keeping; capability < MostCapabilities; capability++)
        {
            if (Libc.prctl(Libc.PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            {
                Libc.Check(Libc.LastErrno == Errno.EINVAL ? 0 : -1, "drop the capabilities");
                return;
            }
        }
    }
}
