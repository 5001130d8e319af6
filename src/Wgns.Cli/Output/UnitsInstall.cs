using System.Collections.Immutable;
using Wgns.Publishing;
using Wgns.Systemd;

namespace Wgns.Cli.Output;

/// <summary>Installs units, and says what it did.</summary>
internal static class UnitsInstall
{
    /// <param name="next">What is left to do where something changed.</param>
    internal static int Run(ImmutableArray<UnitFile> files, string? next)
    {
        var units = new UnitFiles();
        var strangers = files.Select(units.Stranger).OfType<string>().ToList();
        foreach (var stranger in strangers)
        {
            Terminal.Fail($"{stranger} is not of wgns for this namespace, and is left as it is", "move it away, or remove what it attaches: `wgns units remove`");
        }

        if (strangers.Count > 0)
        {
            return ExitStatus.Failed;
        }

        var changed = false;
        var proxies = new List<string>();
        foreach (var file in files)
        {
            var change = units.Change(file);
            if (change != UnitFileChange.Unchanged)
            {
                changed = true;
                units.Write(file);
                if (change == UnitFileChange.Changed && file is { Directory.Length: 0, IsEnabled: false })
                {
                    proxies.Add(file.Name);
                }

                Terminal.Out.WriteLine($"{(change == UnitFileChange.Written ? "wrote" : "changed")} {units.PathOf(file)}");
            }
        }

        if (!Systemctl.IsThere)
        {
            Terminal.Out.WriteLine(changed ? "systemd does not run this machine: nothing to reload" : "nothing changed");
            return ExitStatus.Done;
        }

        if (changed)
        {
            Systemctl.Do("daemon-reload");
        }

        // One that runs goes on connecting to where it did before.
        proxies.ForEach(p => Systemctl.Do("try-restart", p));

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
}
