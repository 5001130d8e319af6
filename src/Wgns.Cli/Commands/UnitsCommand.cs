using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Lifecycle;

namespace Wgns.Cli.Commands;

/// <summary>`wgns units …`: services of systemd inside a namespace, and the way to them.</summary>
internal static class UnitsCommand
{
    internal static Command Build() => new("units", "Attach systemd's services to a namespace, and publish their ports")
    {
        UnitsConfine.Build(),
        UnitsPublish.Build(),
        UnitsRemove.Build(),
        UnitsPrepare.Build(),
    };

    internal static Option<bool> Install() => new("--install")
    {
        Description = "write the files under /etc/systemd/system, reload systemd, and enable and start the sockets",
    };

    /// <summary>One at a time: the lock's file goes with the command.</summary>
    internal static int Alone(Func<int> run)
    {
        using var guard = NamespaceLock.TakeUnits(RuntimePaths.System, () => Terminal.Out.WriteLine("waiting for another wgns that works on systemd's units"));
        try
        {
            return run();
        }
        finally
        {
            guard.Remove();
        }
    }
}
