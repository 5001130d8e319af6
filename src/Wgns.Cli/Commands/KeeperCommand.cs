using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Configuration;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Files;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Linux.WireGuard;
using Wgns.Rootless;
using Wgns.Supervision;

namespace Wgns.Cli.Commands;

/// <summary>
/// The hidden verb behind `run` and `attach`: makes a namespace in user and mount namespaces of its own, says so on standard
/// output, keeps it as `supervise` does, and takes it down when standard input is closed.
/// </summary>
internal static class KeeperCommand
{
    internal const string HiddenVerb = Keeping.Verb;

    /// <summary>In the place of a name: the configuration's own.</summary>
    internal const string OwnName = "-";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <param name="target">The process whose namespace it is, as <see cref="Surroundings.Text"/> has it; "-" makes one.</param>
    internal static int Run(string mode, string name, string path, string target)
    {
        OwnMemory.ShareOneHeap();
        NativeLibraries.Preload();
        var kind = Enum.Parse<KeepingMode>(mode);
        var root = Surroundings.OwnRoot ?? throw new OperationFailedException($"{Surroundings.Root} is not set");
        var keeping = new Keeping(kind, root, name == OwnName ? null : name);
        using var stop = new CancellationTokenSource();
        using var signals = new HeardSignals(stop.Cancel, PosixSignal.SIGTERM, PosixSignal.SIGHUP);
        var isKept = false;
        new Thread(() => Listen(() => isKept, stop)) { Name = "life", IsBackground = true }.Begin();
        using var place = keeping.Begin();

        // Standard output is for one word, which who started us waits for.
        using var host = Shared.Host(Terminal.Error);
        if (kind == KeepingMode.Keep && !Kept.TryClaim(host, name, Surroundings.OwnKeeper!.Value))
        {
            return RunCommand.FailUpAlready(name);
        }

        var loaded = Load(keeping, path, isFirst: true);
        if (loaded.HasErrors)
        {
            keeping.End(host, loaded.Config?.Name ?? name);
            loaded.Dispose();
            return ExitStatus.Usage;
        }

        var made = loaded.Config!.Name;
        try
        {
            if (Up(host, loaded, kind, target, stop.Token) is var status and not ExitStatus.Done)
            {
                return status;
            }

            Volatile.Write(ref isKept, kind == KeepingMode.Keep);
            Ready(root, made);
            Supervise(keeping, loaded, path, host, stop.Token);
            Linger(kind, host, made, stop.Token);
            return ExitStatus.Done;
        }
        finally
        {
            keeping.End(host, made);
        }
    }

    private static int Up(NamespaceHost host, LoadedConfig loaded, KeepingMode kind, string target, CancellationToken stop)
    {
        if (kind == KeepingMode.Attach)
        {
            Keeping.NameOf(
                Surroundings.Read(target) ?? throw new OperationFailedException($"\"{target}\" is no process"), loaded.Config!.Name, host.Paths);
        }

        return RunText.Write(new NamespaceRun(host).Up(loaded.Config!, loaded.Keys!, adopt: kind == KeepingMode.Attach, stop), isNamed: false);
    }

    private static void Ready(string root, string name)
    {
        Terminal.Out.WriteLine(name);
        Terminal.LoseWords();

        // Whoever reads the other ends must not wait for us: `x=$(wgns run …)`.
        using var log = LogFile.Open(Kept.LogOf(root, name));
        PipeLine.Redirect(log);
    }

    /// <summary>As `supervise`: rules, routes and files are put back, names looked up again, an engine that died is started anew.</summary>
    private static void Supervise(Keeping keeping, LoadedConfig loaded, string path, NamespaceHost host, CancellationToken stop)
    {
        var parts = new SupervisorParts(
            () => Load(keeping, path, isFirst: false), Dns.GetHostAddresses, null, new SupervisionText(loaded.Config!.Name, null));
        using var supervisor = new Supervisor(loaded, lookup => new NamespaceHost(host.Paths, X25519.PublicKeyOf, lookup), parts);
        using var asked = stop.Register(supervisor.Stop);
        supervisor.Run();
    }

    /// <summary>After a `down` that left processes inside: they keep their closed namespace as long as they are there.</summary>
    private static void Linger(KeepingMode kind, NamespaceHost host, string name, CancellationToken stop)
    {
        while (kind == KeepingMode.Keep && host.Store.Has(name) && !stop.IsCancellationRequested)
        {
            stop.WaitHandle.WaitOne(Pause);
            var observed = host.Observer.Observe(name, host.Store.Load(name), new Observation.Scope([], [], Ruleset: false, Processes: new ProcessSurvey(), Devices: false));
            if (observed.Processes.IsEmpty)
            {
                return;
            }
        }
    }

    private static LoadedConfig Load(Keeping keeping, string path, bool isFirst)
    {
        // Whoever started us cannot end a keeper that waits for a pipe's writer, and our descriptors are not theirs.
        var loader = new ConfigLoader(RulesDryRun.Run) { Reading = FileReading.ForAnother };
        var loaded = keeping.Adapt(loader.Load(path));
        if (isFirst)
        {
            DiagnosticText.Write(loaded.Diagnostics);
        }

        return loaded;
    }

    /// <summary>Until standard input is closed, as the kernel does when who started us ends.</summary>
    private static void Listen(Func<bool> isKept, CancellationTokenSource stop)
    {
        using var life = new HangUp(new OwnedFd(0));
        while (!Sleep.Until([life], TimeSpan.MaxValue).Contains(life))
        {
            // A signal, or a word that nobody needs.
        }

        if (!isKept())
        {
            stop.Cancel();
        }
    }
}
