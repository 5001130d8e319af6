using System.Runtime.ExceptionServices;

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
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = Inside(operation, enter, body);
            }
#pragma warning disable CA1031 // whatever it is, it is thrown again on the caller's thread
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            Name = "netns",
            IsBackground = true,
        };
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static T Inside<T>(string operation, Func<int> enter, Func<T> body)
    {
        using var home = Netns.OpenFile("/proc/thread-self/ns/net");
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
            // Join returns a moment before the kernel's task is gone, and who looks then must not find it inside.
            // Where the way back is refused (a netns of a parent user namespace) the thread's end does it.
            _ = Libc.setns(home.Value, Libc.CLONE_NEWNET);
        }
    }
}
