using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Systemd;
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
        NativeLibraries.Preload();
        var loaded = Shared.Load(path);
        if (loaded is null)
        {
            return ExitStatus.Usage;
        }

        using var manager = NotifySocket.Open(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
        var pause = NotifyText.WatchdogPause(
            Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"), Environment.ProcessId);
        var parts = new SupervisorParts(() => Shared.Loader().Load(path), Dns.GetHostAddresses, pause, new SupervisionText(loaded.Config!.Name, manager));
        using var supervisor = new Supervisor(loaded, lookup => new NamespaceHost(Shared.Runtime, X25519.PublicKeyOf, lookup), parts);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => On(c, supervisor.Stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => On(c, supervisor.Stop));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => On(c, supervisor.Reload));
        return supervisor.Run() is SupervisionEnd.Asked or SupervisionEnd.TakenDown ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static void On(PosixSignalContext context, Action action)
    {
        context.Cancel = true;
        action();
    }
}
