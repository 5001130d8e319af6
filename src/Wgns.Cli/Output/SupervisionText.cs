using System.Collections.Immutable;
using Wgns.Diagnostics;
using Wgns.Lifecycle;
using Wgns.Linux.Systemd;
using Wgns.Observation;
using Wgns.Supervision;

namespace Wgns.Cli.Output;

/// <summary>
/// What a supervisor tells: its status on standard output, what was amiss on standard error, both for the journal, and
/// to the service manager what it asks for.
/// </summary>
internal sealed class SupervisionText(string name, NotifySocket? manager) : ISupervision
{
    private bool _isDeaf;

    public void Notify(string lines)
    {
        if (manager?.Send(lines) is { IsNone: false } error && !_isDeaf)
        {
            // Once: a manager that is gone stays gone, and the tunnel goes on without it.
            _isDeaf = true;
            Say($"the service manager cannot be told: {error}");
        }
    }

    public void Status(StatusLine status) => Terminal.Out.WriteLine(status.ToString());

    public void Read(ImmutableArray<Diagnostic> diagnostics) => DiagnosticText.Write(diagnostics);

    public void PutBack(RunReport report, ObservedState before)
    {
        if (report.Succeeded)
        {
            foreach (var step in report.Plan!.Steps)
            {
                Say(DriftWords.News(step.Do, report.Plan) ?? DriftWords.EndOf(step.Do, before) ?? $"{name} had drifted, put back: {step.Do.Describe()}");
            }
        }
        else
        {
            RunText.Write(report);
        }
    }

    public void Applied(RunReport report)
    {
        if (RunText.Write(report) == ExitStatus.Done)
        {
            Terminal.Out.WriteLine(report.Plan!.IsEmpty
                ? $"{name} is as described already, nothing to do"
                : $"{name} is as described ({Words.Count(report.Plan.Steps.Length, "operation")})");
        }
    }

    public void Say(string sentence) => Terminal.Error.WriteLine($"wgns: {sentence}");
}
