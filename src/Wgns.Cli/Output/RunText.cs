using Wgns.Execution;
using Wgns.Lifecycle;

namespace Wgns.Cli.Output;

/// <summary>How an up or a down went, for people.</summary>
internal static class RunText
{
    /// <summary>Says what went wrong and returns the exit status.</summary>
    /// <param name="isNamed">Whether others find the namespace by its name, as `wgns down` does; else it goes with who runs this.</param>
    internal static int Write(RunReport report, bool isNamed = true)
    {
        DiagnosticText.Write(report.Diagnostics);
        foreach (var obstacle in report.Obstacles)
        {
            Terminal.Fail(obstacle.Message, obstacle.Hint);
        }

        if (report.Result is not { } result)
        {
            return ExitStatus.Failed;
        }

        foreach (var failure in result.Failures)
        {
            Terminal.Fail(Words(failure));
        }

        if (result.IsUndone || result.IsUntouched)
        {
            Terminal.Error.WriteLine(
                !result.UndoFailures.IsEmpty && isNamed ? $"  taking back failed in part; `wgns down {report.Name}` tries again"
                : !result.UndoFailures.IsEmpty ? "  taking back failed in part; what is left goes with the network namespace"
                : result.IsUntouched ? $"  nothing of {report.Name} was changed"
                : result.Lost.IsEmpty ? $"  what this run had done to {report.Name} was taken back"
                : $"  what this run had done to {report.Name} was taken back, but for {string.Join(", ", result.Lost)}: "
                    + "secret keys are kept nowhere, and `wgns up` with the configuration as it was brings that back");
        }

        foreach (var failure in result.UndoFailures)
        {
            Terminal.Fail(Words(failure));
        }

        return result.Succeeded ? ExitStatus.Done
            : result.Failures.Any(f => f.WasInterrupted) ? ExitStatus.Interrupted
            : ExitStatus.Failed;
    }

    private static string Words(Failure failure)
    {
        var what = failure.Operation.Describe();
        return failure.Message.StartsWith(what, StringComparison.Ordinal) ? failure.Message : $"{what}: {failure.Message}";
    }
}
