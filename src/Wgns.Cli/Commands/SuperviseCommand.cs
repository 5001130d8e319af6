using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Configuration;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Systemd;
using Wgns.Linux.WireGuard;
using Wgns.Supervision;
using OwnMemory = Wgns.Linux.Processes.OwnMemory;

namespace Wgns.Cli.Commands;

/// <summary>`wgns supervise CONFIG`: up, and then stay. What wgns@.service runs.</summary>
internal static class SuperviseCommand
{
    internal static Command Build()
    {
        var config = Shared.Config();
        var command = new Command("supervise", "Make the namespace and keep it as described: for a service manager") { config };
        command.SetAction(result => Shared.IsRoot("supervise") ? Run(ConfigLocator.PathOf(result.GetValue(config)!)) : ExitStatus.Failed);
        return command;
    }

    private static int Run(string path)
    {
        OwnMemory.ShareOneHeap();
        Terminal.LoseWords();

        // First: by default the signal ends a process, and systemd takes that end for one that was asked for.
        var ear = new Ear();
        using var hangUp = new HeardSignals(ear.HangUp, PosixSignal.SIGHUP);
        NativeLibraries.Preload();
        var loader = new ConfigLoader(RulesDryRun.Run) { Reading = FileReading.Repeatedly };
        var loaded = Shared.Load(loader, path);
        if (loaded is null)
        {
            return ExitStatus.Usage;
        }

        using var manager = NotifySocket.Open(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
        var pause = NotifyText.WatchdogPause(
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"), Environment.ProcessId);
        var parts = new SupervisorParts(() => loader.Load(path), Dns.GetHostAddresses, pause, new SupervisionText(loaded.Config!.Name, manager));
        using var supervisor = new Supervisor(loaded, lookup => new NamespaceHost(Shared.Runtime, X25519.PublicKeyOf, lookup), parts);
        using var stop = new HeardSignals(supervisor.Stop, PosixSignal.SIGINT, PosixSignal.SIGTERM);
        ear.Open(supervisor);
        try
        {
            return supervisor.Run() is SupervisionEnd.Asked or SupervisionEnd.TakenDown ? ExitStatus.Done : ExitStatus.Failed;
        }
        finally
        {
            ear.Open(null);
        }
    }

    /// <summary>Hears of SIGHUP from the first moment to the last, and tells who supervises while somebody does.</summary>
    private sealed class Ear
    {
        private readonly Lock _gate = new();
        private Supervisor? _supervisor;
        private bool _isAsked;

        internal void Open(Supervisor? supervisor)
        {
            lock (_gate)
            {
                _supervisor = supervisor;
                Tell();
            }
        }

        internal void HangUp()
        {
            lock (_gate)
            {
                _isAsked = true;
                Tell();
            }
        }

        private void Tell()
        {
            if (_isAsked && _supervisor is not null)
            {
                _isAsked = false;
                _supervisor.Reload();
            }
        }
    }
}
