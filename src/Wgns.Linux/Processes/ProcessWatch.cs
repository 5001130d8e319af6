using Wgns.Linux.Events;

namespace Wgns.Linux.Processes;

/// <summary>Tells of a process's end: pidfd_open(2). Once it has ended, it goes on telling so.</summary>
public sealed class ProcessWatch : IEventSource
{
    private ProcessWatch(OwnedFd fd) => Fd = fd;

    public OwnedFd Fd { get; }

    /// <summary>Null where it has ended; a child that nobody has waited for counts as there.</summary>
    public static ProcessWatch? TryOpen(ProcessIdentity process)
    {
        // The descriptor stands for whoever has the number now.
        var fd = Pidfd.TryOpen(process.Pid);
        if (fd is not null && ProcessIdentity.Of(process.Pid) == process)
        {
            return new ProcessWatch(fd);
        }

        fd?.Dispose();
        return null;
    }

    public bool Drain() => true;

    public void Dispose() => Fd.Dispose();
}
