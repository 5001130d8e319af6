namespace Wgns.Diagnostics;

/// <summary>Whether a diagnostic stops the command.</summary>
public enum Severity
{
    /// <summary>Said once and gone on with.</summary>
    Warning,

    /// <summary>Nothing is touched while there is one.</summary>
    Error,
}

/// <summary>What is wrong with an input, where, and how to cure it.</summary>
/// <param name="Severity">Whether it stops the command.</param>
/// <param name="Span">Where in which text.</param>
/// <param name="Message">One sentence without a full stop, lower case, never with key material in it.</param>
/// <param name="Hint">The cure, or null where the message says it all.</param>
public sealed record Diagnostic(Severity Severity, SourceSpan Span, string Message, string? Hint = null)
{
    public static Diagnostic Error(SourceSpan span, string message, string? hint = null) =>
        new(Severity.Error, span, message, hint);

    public static Diagnostic Warning(SourceSpan span, string message, string? hint = null) =>
        new(Severity.Warning, span, message, hint);

    /// <summary><c>file:line:column: error: message</c> and, on a second line, the hint.</summary>
    public override string ToString()
    {
        var kind = Severity == Severity.Error ? "error" : "warning";
        var first = $"{Span}: {kind}: {Message}";
        return Hint is null ? first : $"{first}\n  hint: {Hint}";
    }
}
