using System.Collections.Immutable;
using Wgns.Systemd;

namespace Wgns.Cli.Output;

/// <summary>Units and drop-ins, printed or installed.</summary>
internal static class UnitsText
{
    internal static int PrintOrInstall(ImmutableArray<UnitFile> files, bool installs, string? next)
    {
        if (installs)
        {
            return UnitsInstall.Run(files, next);
        }

        // As `systemctl cat` shows several.
        foreach (var file in files)
        {
            Terminal.Out.WriteLine($"# {UnitFiles.Directory}/{file.Path}");
            Terminal.Out.WriteLine(file.Content);
        }

        return ExitStatus.Done;
    }
}
