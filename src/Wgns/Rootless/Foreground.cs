using System.Runtime.InteropServices;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Processes;

namespace Wgns.Rootless;

/// <summary>
/// Stands for a command that is a child of ours: hands on the signals that we get, stops as it does, and ends as it does. The command
/// is in our process group, so the terminal's keys reach it by themselves.
/// </summary>
public sealed class Foreground : IDisposable
{
    private const int SIGTERM = 15;

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(3);

    /// <summary>By number of signal(7).</summary>
    private static readonly (PosixSignal Signal, int Number)[] HandedOn =
    [
        (PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), ((PosixSignal)10, 10), ((PosixSignal)12, 12),
        (PosixSignal.SIGTERM, SIGTERM),
    ];

    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Lock _gate = new();
    private ProcessIdentity? _command;
    private int _early;

    /// <summary>From here on no such signal ends us; those that come before the command has started are for it too.</summary>
    public Foreground()
    {
        _registrations = [.. HandedOn.Select(h => Threads.WithRuntimes(() => PosixSignalRegistration.Create(h.Signal, c => HandOn(c, h.Number))))];
        InheritedTerminal.LeaveAlone();
    }

    /// <summary>Waits for the command's end.</summary>
    /// <param name="keeper">Whoever holds its namespace: where that ends first, the command is ended, since its network is gone for good.</param>
    public WaitStatus Wait(ProcessIdentity command, ProcessIdentity? keeper)
    {
        lock (_gate)
        {
            _command = command;
            if (_early != 0)
            {
                command.Signal(_early);
            }
        }

        FollowStops(command);

        // Neither has been waited for, so both numbers are theirs; a kept namespace's keeper is somebody else's child.
        using var end = ProcessWatch.TryOpen(command);
        using var held = keeper is { } k ? ProcessWatch.TryOpen(k) : null;
        List<IEventSource> sources = [.. ((IEventSource?[])[end, held]).OfType<IEventSource>()];
        while (end is not null)
        {
            var happened = Sleep.Until(sources, TimeSpan.MaxValue);
            if (happened.Contains(end))
            {
                break;
            }

            if (held is not null && happened.Contains(held))
            {
                command.Signal(SIGTERM);
                break;
            }
        }

        return Command.WaitFor(command, KillLimit);
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    private static void FollowStops(ProcessIdentity command)
    {
        try
        {
            StoppedChild.Follow(command);
        }
        catch (KernelException)
        {
            // No more threads are allowed: what has begun goes on, and a stop of it is its own.
        }
    }

    private void HandOn(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        lock (_gate)
        {
            if (_command is not { } command)
            {
                _early = number;
            }
            else if (number is not (2 or 3) || !InheritedTerminal.SignalsUs())
            {
                command.Signal(number);
            }
        }
    }
}
