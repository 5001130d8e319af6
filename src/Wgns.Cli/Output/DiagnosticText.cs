using Wgns.Diagnostics;
using Wgns.Linux.Processes;

namespace Wgns.Cli.Output;

/// <summary>Diagnostics for people and editors: file:line:column, the sentence, the line it is about, the cure.</summary>
internal static class DiagnosticText
{
    /// <summary>How many are shown: a file of another kind has something wrong on every line.</summary>
    private const int Most = 100;

    /// <summary>In characters; a whole line of a file may be quoted.</summary>
    private const int LongestSentence = 2000;

    internal static void Write(IReadOnlyCollection<Diagnostic> diagnostics)
    {
        var color = Terminal.ErrorHasColor;

        // Where not all are shown, no error may be hidden behind warnings.
        IEnumerable<Diagnostic> shown = diagnostics.Count <= Most
            ? diagnostics
            : diagnostics.Where(d => d.Severity == Severity.Error).Concat(diagnostics.Where(d => d.Severity != Severity.Error)).Take(Most);
        foreach (var d in shown)
        {
            var kind = d.Severity == Severity.Error
                ? Terminal.Paint("error:", "1;31", color)
                : Terminal.Paint("warning:", "1;33", color);
            Terminal.Error.WriteLine($"{Terminal.Paint(Terminal.HarmlessLine(Place(d.Span)) + ":", "1", color)} {kind} {Terminal.HarmlessLine(Short(d.Message))}");
            if (d.Hint is not null)
            {
                Terminal.Error.WriteLine($"  {Terminal.Paint("hint:", "36", color)} {Terminal.HarmlessLine(Short(d.Hint))}");
            }
        }

        if (diagnostics.Count > Most)
        {
            Terminal.Error.WriteLine($"and {diagnostics.Count - Most} more");
        }
    }

    private static string Short(string sentence) => sentence.Length <= LongestSentence ? sentence : $"{sentence.AsSpan(0, LongestSentence)}…";

    /// <summary>"2 errors, 1 warning".</summary>
    internal static string Count(IReadOnlyCollection<Diagnostic> diagnostics)
    {
        var errors = diagnostics.Count(d => d.Severity == Severity.Error);
        var warnings = diagnostics.Count - errors;
        return string.Join(", ", new[] { Plural(errors, "error"), Plural(warnings, "warning") }.OfType<string>());
    }

    private static string? Plural(int count, string word) => count == 0 ? null : Words.Count(count, word);

    /// <summary>A path below the current directory without that.</summary>
    internal static string Place(SourceSpan span)
    {
        // One that was removed has no name, and nothing is below it.
        return WorkingPlace.Name() is { } here && span.Source.StartsWith(here + "/", StringComparison.Ordinal)
            ? (span with { Source = span.Source[(here.Length + 1)..] }).ToString()
            : span.ToString();
    }
}
