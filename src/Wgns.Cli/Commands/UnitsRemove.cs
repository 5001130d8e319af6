using System.Collections.Immutable;
using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Systemd;

namespace Wgns.Cli.Commands;

/// <summary>`wgns units remove NAME [SERVICE]`</summary>
internal static class UnitsRemove
{
    internal static Command Build()
    {
        var name = Shared.Name();
        var unit = Shared.OptionalConfig("SERVICE", "only what attaches this service or socket (default: all of the namespace)");
        var dry = new Option<bool>("--dry-run") { Description = "say what would be removed, and change nothing" };
        var command = new Command("remove", "Take back what `confine` and `publish` wrote") { name, unit, dry };
        command.SetAction(result => Run(result.GetValue(name)!, result.GetValue(unit), result.GetValue(dry)));
        return command;
    }

    private static int Run(string name, string? wanted, bool isDry)
    {
        if (!Shared.IsName(name))
        {
            return ExitStatus.Usage;
        }

        if (!isDry && !Shared.IsRoot("units remove"))
        {
            return ExitStatus.Failed;
        }

        string? unit = null;
        if (wanted is not null && (unit = UnitName.TryConfined(wanted, out var problem, out var hint)) is null)
        {
            Terminal.Fail(problem, hint);
            return ExitStatus.Usage;
        }

        int Remove() => UnitsRemoval.Run(Of(name, unit), isDry, isQuiet: false);
        return isDry ? Remove() : UnitsCommand.Alone(() =>
        {
            var status = Remove();
            if (unit is null && status == ExitStatus.Done)
            {
                // What an install that was stopped left to be restarted is gone.
                new UnitsToRestart(RuntimePaths.System, name).Clear();
            }

            return status;
        });
    }

    /// <summary>What wgns wrote for the unit, which may be asked for by another name of its; for all of them where it is null.</summary>
    private static ImmutableArray<UnitFile> Of(string name, string? unit)
    {
        var files = new UnitFiles().List(name);
        if (unit is null)
        {
            return files;
        }

        var found = files.Where(f => f.Attached == unit).ToImmutableArray();
        return found.IsEmpty && Systemctl.IsThere && Systemctl.Show(unit, "Id").GetValueOrDefault("Id") is { } id ? [.. files.Where(f => f.Attached == id)] : found;
    }
}
