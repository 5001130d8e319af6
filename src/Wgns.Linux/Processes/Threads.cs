namespace Wgns.Linux.Processes;

/// <summary>How threads are started here.</summary>
public static class Threads
{
    /// <summary>As <see cref="Thread.UnsafeStart()"/>, with the kernel's refusal for what it is.</summary>
    /// <exception cref="KernelException">EAGAIN: no more are allowed (RLIMIT_NPROC of getrlimit(2), pids.max of cgroups).</exception>
    public static void Begin(this Thread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        MakeLocksReady();
        try
        {
            thread.UnsafeStart();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            throw Refused();
        }
    }

    /// <summary>Makes the first of something for which the runtime starts a thread of its own: a socket, a signal that is heard.</summary>
    /// <exception cref="KernelException">EAGAIN: as for <see cref="Begin"/>. The runtime tries that once in a process.</exception>
    public static T WithRuntimes<T>(Func<T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        MakeLocksReady();
        try
        {
            return make();
        }
        catch (TypeInitializationException e) when (e.InnerException is OutOfMemoryException or IOException)
        {
            throw Refused();
        }
    }

    /// <summary>
    /// The first lock of a native program that two threads want at once reads settings of <see cref="AppContext"/>. Where the other
    /// thread is the first to use that meanwhile, and waits in it for a class that the one is making, both wait for good: the locks
    /// of class constructors know of each other, and this one is none. So it is made while there is one thread.
    /// </summary>
    private static void MakeLocksReady() => _ = AppContext.GetData("System.Threading");

    private static KernelException Refused() => new("start a thread (the limits are `ulimit -u` and the cgroup's pids.max)", Errno.EAGAIN);
}
