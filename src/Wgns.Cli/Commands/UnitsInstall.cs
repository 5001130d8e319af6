using System.Collections.Immutable;
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
        if (!Write(units, [.. changes.Select(c => c.File)]))
        {
            return ExitStatus.Failed;
        }

        changes.ForEach(c => Terminal.Out.WriteLine($"{(c.Change == UnitFileChange.Written ? "wrote" : "changed")} {units.PathOf(c.File)}"));
        var proxies = changes.Where(c => c.Change == UnitFileChange.Changed).Select(c => c.File).Where(IsProxy).Select(f => f.Name).ToList();
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
        proxies.AddRange(files.Where(IsProxy).Select(f => f.Name).Where(p => outdated.Contains(p)));
        proxies.Distinct().ToList().ForEach(p => Systemctl.Do("try-restart", p));

        // Also where nothing changed: somebody may have stopped one.
        var sockets = files.Where(f => f.IsEnabled).Select(f => f.Name).Where(s => !Systemctl.IsEnabledAndActive(s)).ToList();
        if (sockets.Exists(PublishUnits.IsOne))
        {
            // A supervisor's own proxy may still hold the address; with the files there it leaves it to systemd.
            ForwardRecord.End(RuntimePaths.System, files[0].Namespace);
        }

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

    private static bool Write(UnitFiles units, ImmutableArray<UnitFile> files)
    {
        try
        {
            if (Systemctl.IsThere)
            {
                Systemctl.Require();
            }

            units.Write(files);
            return true;
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            Terminal.Fail($"{e.Message}: {UnitFiles.Directory} is as it was", "without --install the files are printed, to be put elsewhere");
            return false;
        }
    }
}
