using Wgns.Linux.Events;

namespace Wgns.Linux.Processes;

/// <summary>
/// A process of ours that is to end with us, however we end: it reads from a pipe of which we hold the other side. What it
/// says on standard error comes out on ours.
/// </summary>
public sealed class AttendedChild : IEventSource
{
    private readonly OwnedFd _attendance;

    private AttendedChild(ProcessIdentity identity, OwnedFd pidfd, OwnedFd attendance) => (Identity, Fd, _attendance) = (identity, pidfd, attendance);

    public ProcessIdentity Identity { get; }

    /// <summary>Readable once it has ended.</summary>
    public OwnedFd Fd { get; }

    /// <summary>Starts it. Input, Output and Errors of the request are not used.</summary>
    /// <exception cref="KernelException">What execve(2) says of the program.</exception>
    public static AttendedChild Start(SpawnRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (read, write) = Descriptors.Pipe();
        try
        {
            using var errors = Descriptors.Duplicate(2);
            var identity = Spawn.Start(request with { Input = read, Output = errors, Errors = errors });
            return new AttendedChild(identity, Pidfd.Open(identity.Pid), write);
        }
        catch
        {
            write.Dispose();
            throw;
        }
        finally
        {
            read.Dispose();
        }
    }

    /// <summary>True: whoever asks wants to know that it has ended.</summary>
    public bool Drain() => true;

    public bool HasEnded() => Polling.Wait(Fd, Libc.POLLIN, TimeSpan.Zero);

    /// <summary>Has it end in its own time.</summary>
    public void LetGo() => _attendance.Dispose();

    /// <summary>Lets go of it, kills it where it has not ended within <paramref name="patience"/>, and reaps it.</summary>
    /// <returns>As shells have it.</returns>
    public int End(TimeSpan patience)
    {
        LetGo();
        return ChildProcess.Wait(Identity.Pid, patience).ExitStatus;
    }

    public void Dispose()
    {
        LetGo();
        Fd.Dispose();
    }
}
