using Wgns.Cli.Output;
using Wgns.Linux.Systemd;
using Wgns.Nscd;

namespace Wgns.Cli.Commands;

/// <summary>`wgns nscd-filter`: what the unit wgns-nscd.service runs, with the socket of wgns-nscd.socket.</summary>
internal static class NscdFilterCommand
{
    internal const string Verb = "nscd-filter";

    /// <summary>The memory of a process that is asked seldom is worth more than its start.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    internal static int Run()
    {
        if (ListenSockets.Take() is not [var listener])
        {
            Terminal.Fail("it is started by wgns-nscd.socket, which hands it the socket to listen at", "systemctl start wgns-nscd.socket");
            return ExitStatus.Usage;
        }

        using (listener)
        {
            new NscdFilter(listener, NscdFilter.HostSocket, Terminal.Error.WriteLine).Run(Idle);
        }

        return ExitStatus.Done;
    }
}
