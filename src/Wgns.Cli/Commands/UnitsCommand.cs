using System.CommandLine;

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
}
