using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Linux;
using Wgns.Linux.Forwarding;
using Wgns.Linux.Processes;
using Wgns.Publishing;

namespace Wgns.Cli.Commands;

/// <summary>The forwarding itself, by who has no privileges any more, in the netns that it connects in.</summary>
internal static class ForwardRun
{
    internal static int Run(ForwardRequest request, ImmutableArray<ForwardEntry> entries, List<OwnedFd> listeners)
    {
        // It has the host's sockets and files, and inside others may be of its user.
        OwnRestrictions.RefuseItsOwnUser();
        OwnMemory.ShareOneHeap();
        DescriptorLimit.Raise();
        using var forwarder = new Forwarder(request.Times, said => Terminal.Error.WriteLine($"wgns: {said}"));
        foreach (var (entry, listener) in entries.Zip(listeners))
        {
            forwarder.Add(listener, entry.Connect.Path is { } path
                ? new ForwardTarget(path, entry.SaysWho)
                : new ForwardTarget(entry.Connect.EndPoint!, entry.SaysWho));
        }

        using var signals = new HeardSignals(forwarder.Stop, PosixSignal.SIGTERM, PosixSignal.SIGINT);
        if (request.IsAttended)
        {
            forwarder.StopAtEndOf(0);
        }

        forwarder.Run();
        return ExitStatus.Done;
    }
}
