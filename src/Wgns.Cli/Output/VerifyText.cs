using Wgns.Verification;

namespace Wgns.Cli.Output;

/// <summary>Findings for people: a line each, the cure beneath, and the answer last.</summary>
internal static class VerifyText
{
    internal static void Write(string name, IReadOnlyCollection<Finding> findings)
    {
        var color = Terminal.OutHasColor;
        foreach (var finding in findings)
        {
            var (word, sgr) = finding.Outcome switch
            {
                Outcome.Ok => ("ok    ", "32"),
                Outcome.Failed => ("FAILED", "31;1"),
                _ => ("n/a   ", "2"),
            };
            Terminal.Out.WriteLine($"{Terminal.Paint(word, sgr, color)}  {Terminal.Harmless(finding.Check)}: {Terminal.Harmless(finding.Reason)}");
            if (finding.Cure is { } cure)
            {
                Terminal.Out.WriteLine($"          {Terminal.Paint("cure:", "36", color)} {Terminal.Harmless(cure)}");
            }
        }

        var failed = findings.Count(f => f.Outcome == Outcome.Failed);
        Terminal.Out.WriteLine(failed == 0
            ? Terminal.Paint($"{name}: no way out but the tunnel was found", "32", color)
            : Terminal.Paint($"{name}: {failed} of {findings.Count} checks failed", "31;1", color));
    }
}
