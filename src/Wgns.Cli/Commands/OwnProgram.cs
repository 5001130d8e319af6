using System.Collections.Immutable;

namespace Wgns.Cli.Commands;

/// <summary>How this program is started again.</summary>
internal static class OwnProgram
{
    /// <summary>A native program is itself; one run by `dotnet` is that and an assembly.</summary>
    internal static ImmutableArray<string> Words()
    {
        var process = Environment.ProcessPath ?? throw new OperationFailedException("/proc/self/exe cannot be read");
        return Path.GetFileName(process) == "dotnet" ? [process, Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [process];
    }
}
