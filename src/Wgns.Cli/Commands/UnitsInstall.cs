using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Publishing;
using Wgns.Systemd;

namespace Wgns.Cli.Commands;

/// <summary>Installs units, and says what it did.</summary>
internal static class UnitsInstall
{
    /// <param name="next">What is left to do where something changed.</param>
    /// <param name="changed">Whether something did already.</param>
    internal static int Run(ImmutableArray<UnitFile> files, string? next, bool changed = false)
    {
        var units = new UnitFiles();
        if (AreStrangers(units, files))
        {
            return ExitStatus.Failed;
        }

        var changes = files.Select(f => (File: f, Change: units.Change(f))).Where(c => c.Change != UnitFileChange.Unchanged).ToList();
        var restarts = new UnitsToRestart(RuntimePaths.System, files[0].Namespace);
        var left = restarts.Left();
        List<string> wanted = [.. left.Union(changes.Where(c => c.Change == UnitFileChange.Changed && IsProxy(c.File)).Select(c => c.File.Name))];
        if (Write(units, [.. changes.Select(c => c.File)], () => restarts.Save(wanted)) is { } status)
        {
            restarts.Save(left);
            return status;
        }

        changes.ForEach(c => Terminal.Out.WriteLine($"{(c.Change == UnitFileChange.Written ? "wrote" : "changed")} {units.PathOf(c.File)}"));
        changed |= changes.Count > 0;
        if (!Systemctl.IsThere)
        {
            Terminal.Out.WriteLine(changed ? "systemd does not run this machine: nothing to reload" : "nothing changed");
            return ExitStatus.Done;
        }

        // Also where these files are as they were: whoever wrote them may have been stopped before systemd read them.
        var outdated = Systemctl.Outdated(files.Select(f => f.Unit));
        if (changes.Count > 0 || !outdated.IsEmpty)
        {
            changed = true;
            Systemctl.Do("daemon-reload");
        }

        // One that runs goes on connecting to where it did before.
        var proxies = files.Where(IsProxy).Select(f => f.Name).Where(p => wanted.Contains(p) || outdated.Contains(p)).ToList();
        proxies.ForEach(p => Systemctl.Do("try-restart", p));
        changed |= proxies.Count > 0;
        restarts.Save([.. wanted.Except(proxies)]);

        // Also where nothing changed: somebody may have stopped one.
        var sockets = files.Where(f => f.IsEnabled).Select(f => f.Name).Where(s => !Systemctl.IsEnabledAndActive(s)).ToList();
        if (sockets.Exists(PublishUnits.IsOne))
        {
            // A supervisor's own proxy may still hold the address; with the files there it leaves it to systemd.
            ForwardRecord.End(RuntimePaths.System, files[0].Namespace);
        }

        // One that runs goes on; what wants it may be another.
        changes.Where(c => c.File.IsEnabled).Select(c => c.File.Name).Except(sockets).ToList().ForEach(s => Systemctl.Do("enable", "--quiet", s));
        foreach (var socket in sockets)
        {
            // A socket that runs keeps its old address through a reload.
            Systemctl.Do("enable", "--quiet", socket);
            Systemctl.Do("restart", socket);
            Terminal.Out.WriteLine($"started {socket}");
        }

        Terminal.Out.WriteLine(!changed && sockets.Count == 0 ? "nothing changed" : changed && next is not null ? next : "done");
        return ExitStatus.Done;
    }

    private static bool IsProxy(UnitFile file) => file is { Directory.Length: 0, IsEnabled: false };

    private static bool AreStrangers(UnitFiles units, ImmutableArray<UnitFile> files)
    {
        var isOne = false;
        foreach (var file in files)
        {
            if (units.Stranger(file, out var other) is { } path)
            {
                isOne = true;
                Terminal.Fail(
                    other is null ? $"{path} is not of wgns, and is left as it is" : $"{path} is of namespace {other.Namespace}, and is left as it is",
                    other is null ? "move it away" : $"`wgns units remove {other.Namespace} {other.Attached}` takes it away");
            }
        }

        return isOne;
    }

    /// <summary>All of them or, at a failure or a signal, none: then the status. A signal that comes later than that ends the command.</summary>
    /// <param name="before">What is to be on the disk before the first of them is.</param>
    private static int? Write(UnitFiles units, ImmutableArray<UnitFile> files, Action before)
    {
        using var stop = new CancellationTokenSource();
        using var signals = new HeardSignals(stop.Cancel, PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP);
        try
        {
            if (Systemctl.IsThere)
            {
                Systemctl.Require();
            }

            before();
            units.Write(files, stop.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            Terminal.Fail($"interrupted: {UnitFiles.Directory} is as it was");
            return ExitStatus.Interrupted;
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            Terminal.Fail($"{e.Message}: {UnitFiles.Directory} is as it was", "without --install the files are printed, to be put elsewhere");
            return ExitStatus.Failed;
        }
    }
}
