using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Confinement;
using Wgns.Lifecycle;

namespace Wgns.Cli.Commands;

/// <summary>`wgns units prepare NAME`: what the unit wgns-etc@.service runs.</summary>
internal static class UnitsPrepare
{
    internal static Command Build()
    {
        var name = Shared.Name();
        var command = new Command("prepare", "Put together what services inside see as /etc: for the unit wgns-etc@.service") { name };
        command.SetAction(result => Shared.IsRoot("units prepare") ? Run(result.GetValue(name)!) : ExitStatus.Failed);
        return command;
    }

    private static int Run(string name)
    {
        if (EtcListing.IsVarRunAnother)
        {
            // The /run of a unit would not stand for it, and nscd's socket is asked for there.
            Terminal.Fail("/var/run is a directory of its own, which services inside would see as it is", "make it a link to /run, as systemd wants it");
            return ExitStatus.Failed;
        }

        using var netns = NamespaceEntry.Open(name, RuntimePaths.System, out var problem, out var hint);
        if (netns is null)
        {
            Terminal.Fail(problem, hint);
            return ExitStatus.Failed;
        }

        using var guard = NamespaceLock.Take(RuntimePaths.System, name);
        EtcTree.Prepare(RuntimePaths.System, name);
        return ExitStatus.Done;
    }
}
