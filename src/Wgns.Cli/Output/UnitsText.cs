using System.Collections.Immutable;
using Wgns.Systemd;

namespace Wgns.Cli.Output;

/// <summary>Units and drop-ins, printed.</summary>
internal static class UnitsText
{
    internal static int Print(ImmutableArray<UnitFile> files)
    {
        // As `systemctl cat` shows several.
        foreach (var file in files)
        {
            Terminal.Out.WriteLine($"# {UnitFiles.Directory}/{file.Path}");
            Terminal.Out.WriteLine(file.Content);
        }

        return ExitStatus.Done;
    }
}
