using Wgns.Cli.Output;
using Wgns.Systemd;

namespace Wgns.Cli.Commands;

/// <summary>Removes units that wgns wrote, and says what it did.</summary>
internal static class UnitsRemoval
{
    /// <param name="isQuiet">Says nothing where there is nothing to remove.</param>
    internal static int Run(IEnumerable<UnitFile> found, bool isDry, bool isQuiet)
    {
        var files = found.ToList();
        var units = new UnitFiles();
        if (files.Count == 0)
        {
            if (!isQuiet)
            {
                Terminal.Out.WriteLine("nothing to remove");
            }

            return ExitStatus.Done;
        }

        // The sockets first: one that listens would start a proxy that is no longer there.
        var running = new HashSet<string>();
        foreach (var file in files.Where(f => f.Directory.Length == 0).OrderByDescending(f => f.IsEnabled))
        {
            Terminal.Out.WriteLine($"{(isDry ? "would stop" : "stopping")} {file.Name}");
            if (!isDry && Systemctl.IsThere && !Stop(file))
            {
                running.Add(file.Attached);
            }
        }

        // Without its files nobody could stop it.
        files.RemoveAll(f => running.Contains(f.Attached));
        if (isDry)
        {
            files.ForEach(f => Terminal.Out.WriteLine($"would remove {units.PathOf(f)}"));
        }
        else
        {
            Forget(files);
        }

        foreach (var unit in files.Where(f => f.Directory.Length > 0).Select(f => f.Attached).Distinct())
        {
            Terminal.Out.WriteLine($"{unit} is {(isDry ? "inside" : "still inside")} until it is stopped or restarted");
        }

        return running.Count == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static bool Stop(UnitFile file)
    {
        try
        {
            Systemctl.Do(file.IsEnabled ? ["disable", "--quiet", "--now", file.Name] : ["stop", file.Name]);
            return true;
        }
        catch (OperationFailedException e)
        {
            Terminal.Fail($"{e.Message}: its files stay", "once it can be stopped, the same command takes them away");
            return false;
        }
    }

    /// <summary>The files alone; nothing is stopped.</summary>
    internal static void Forget(IEnumerable<UnitFile> found)
    {
        var units = new UnitFiles();
        var files = found.ToList();
        foreach (var file in files)
        {
            units.Remove(file);
            Terminal.Out.WriteLine($"removed {units.PathOf(file)}");
        }

        if (files.Count > 0 && Systemctl.IsThere)
        {
            Systemctl.Do("daemon-reload");
        }
    }
}
