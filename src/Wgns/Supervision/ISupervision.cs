using System.Collections.Immutable;
using Wgns.Diagnostics;
using Wgns.Lifecycle;
using Wgns.Observation;

namespace Wgns.Supervision;

/// <summary>Is told of what a supervisor sees and does: the service manager and people.</summary>
public interface ISupervision
{
    /// <summary>Lines of sd_notify(3), one datagram.</summary>
    void Notify(string lines);

    /// <summary>The status changed.</summary>
    void Status(StatusLine status);

    /// <summary>A configuration was read anew, and this is what is wrong with it; empty where nothing is.</summary>
    void Read(ImmutableArray<Diagnostic> diagnostics);

    /// <summary>Something had drifted and was put back, or could not be: the report tells.</summary>
    /// <param name="before">What was seen before.</param>
    void PutBack(RunReport report, ObservedState before);

    /// <summary>The configuration was applied, or could not be: the report tells.</summary>
    void Applied(RunReport report);

    /// <summary>A sentence for people.</summary>
    void Say(string sentence);
}

/// <summary>How a supervisor came to its end.</summary>
public enum SupervisionEnd
{
    /// <summary>It was asked to end. Everything is left as it was.</summary>
    Asked,

    /// <summary>Another command took the namespace down.</summary>
    TakenDown,

    /// <summary>The namespace could not be set up; what was said tells why.</summary>
    Failed,

    /// <summary>readyRequired, and readyTimeout went by.</summary>
    NotReady,
}
