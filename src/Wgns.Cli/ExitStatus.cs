namespace Wgns.Cli;

/// <summary>What the shell gets. `exec` returns the command's own.</summary>
internal static class ExitStatus
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int Usage = 2;

    /// <summary>128 + SIGINT.</summary>
    internal const int Interrupted = 130;
}
