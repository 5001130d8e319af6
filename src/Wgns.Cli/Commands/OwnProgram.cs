using System.Collections.Immutable;

namespace Wgns.Cli.Commands;

/// <summary>How this program is started again.</summary>
internal static class OwnProgram
{
    /// <summary>The file that was executed; of an assembly, dotnet's.</summary>
    internal static string Path => Environment.ProcessPath ?? throw new OperationFailedException("/proc/self/exe cannot be read");

    /// <summary>A native program is itself; one run by `dotnet` is that and an assembly.</summary>
    internal static ImmutableArray<string> Words()
    {
        var process = Path;
        return System.IO.Path.GetFileName(process) == "dotnet" ? [process, System.IO.Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [process];
    }
}
