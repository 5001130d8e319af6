using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>Runs code inside a netns, on a thread that lives for nothing else.</summary>
/// <remarks>
/// <para>
/// A netns belongs to a thread, and a thread made by another one starts in its maker's. The runtime makes threads
/// when it likes: the first Task, Timer, asynchronous Socket, Process.Start or Console call, or a background garbage
/// collection, from a thread that is inside a netns leaves a runtime thread there for the rest of the process, and
/// the host's traffic then goes through it. So a body makes raw system calls and allocates, and does nothing else;
/// what must outlive it (sockets, files) it returns as <see cref="OwnedFd"/>.
/// </para>
/// <para>Bodies read <c>/proc/thread-self</c>: <c>/proc/self/ns</c> and <c>/proc/net</c> are the main thread's.</para>
/// </remarks>
public static class NetnsThread
{
    private const string ThreadName = "netns";

    [ThreadStatic]
    private static StandbyThread? t_standby;

    /// <summary>
    /// Until it is disposed of, bodies that the calling thread has run share one thread, which each of them leaves as it was:
    /// for who runs many, and waits for them.
    /// </summary>
    public static IDisposable Standby()
    {
        var isOutermost = t_standby is null;
        t_standby ??= new StandbyThread(ThreadName);
        return new Scope(isOutermost);
    }

    /// <summary>Runs <paramref name="body"/> inside <paramref name="netns"/> and hands back what it returns or throws.</summary>
    /// <exception cref="KernelException">setns(2) was refused: EPERM without CAP_SYS_ADMIN.</exception>
    public static T Run<T>(OwnedFd netns, Func<T> body)
    {
        ArgumentNullException.ThrowIfNull(netns);
        ArgumentNullException.ThrowIfNull(body);
        return OnThread("enter the network namespace", () => Libc.setns(netns.Value, Libc.CLONE_NEWNET), body);
    }

    /// <inheritdoc cref="Run{T}(OwnedFd, Func{T})"/>
    public static void Run(OwnedFd netns, Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Run(netns, () =>
        {
            body();
            return 0;
        });
    }

    /// <summary>Runs <paramref name="body"/> in a netns made for it, which goes away with it unless something holds it.</summary>
    /// <exception cref="KernelException">unshare(2) was refused: EPERM without CAP_SYS_ADMIN, ENOSPC at the limit.</exception>
    public static T RunInNew<T>(Func<T> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return OnThread("create a network namespace", () => Libc.unshare(Libc.CLONE_NEWNET), body);
    }

    private static T OnThread<T>(string operation, Func<int> enter, Func<T> body)
    {
        // Of the calling thread alone: a body that has another one run is on none that stands by.
        var standby = t_standby;
        var thread = standby ?? new StandbyThread(ThreadName);
        T? result = default;
        var isHome = true;
        try
        {
            thread.Begin(() => result = Inside(operation, enter, body, out isHome));
            thread.Await();
            return result!;
        }
        finally
        {
            if (standby is null || !isHome)
            {
                t_standby = null;
                thread.Dispose();
                t_standby = standby is null ? null : new StandbyThread(ThreadName);
            }
        }
    }

    private static T Inside<T>(string operation, Func<int> enter, Func<T> body, out bool isHome)
    {
        using var home = Netns.OpenFile("/proc/thread-self/ns/net");
        isHome = true;
        if (enter() != 0)
        {
            throw new KernelException(operation, Libc.LastErrno);
        }

        try
        {
            return body();
        }
        finally
        {
            // Where the way back is refused (a netns of a parent user namespace) the thread's end does it. That is a moment before
            // the kernel's task is gone, and who looks then must not find it inside.
            isHome = Libc.setns(home.Value, Libc.CLONE_NEWNET) == 0;
        }
    }

    private sealed class Scope(bool isOutermost) : IDisposable
    {
        public void Dispose()
        {
            if (isOutermost)
            {
                t_standby?.Dispose();
                t_standby = null;
            }
        }
    }
}
