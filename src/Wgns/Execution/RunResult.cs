using System.Collections.Immutable;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>How a run ended.</summary>
/// <param name="Failures">What went wrong; empty is success.</param>
/// <param name="UndoFailures">What could not be taken back after that, and is therefore still there.</param>
public sealed record RunResult(ImmutableArray<Failure> Failures, ImmutableArray<Failure> UndoFailures)
{
    public static readonly RunResult Success = new([], []);

    /// <summary>What a run that was taken back had to leave as it is now, in words: what was there before is nowhere any more.</summary>
    public ImmutableArray<string> Lost { get; init; } = [];

    /// <summary>Whether it failed before it did anything, so that there was nothing to be taken back.</summary>
    public bool IsUntouched { get; init; }

    /// <summary>Whether what was done was taken back, as far as <see cref="UndoFailures"/> let it be; a teardown goes on instead.</summary>
    public bool IsUndone { get; init; }

    /// <summary>Whether all that is the machine's was done: a hook that failed keeps nothing from being as it should.</summary>
    public bool HasOnlyHooksFailed => !Failures.IsEmpty && Failures.All(f => f.Operation is RunHooks);

    public bool Succeeded => Failures.IsEmpty;
}

/// <summary>An operation that did not work, and why in the kernel's or the library's words.</summary>
public sealed record Failure(Operation Operation, string Message, bool WasInterrupted = false)
{
    internal static Failure Interrupted(Operation operation) => new(operation, "interrupted", WasInterrupted: true);
}

/// <summary>The executor's own part of a run, of which no plan speaks: what is owned is written down, or no more.</summary>
internal sealed record WriteRecord(string Name) : Operation
{
    public override string Describe() => $"write down what is owned of namespace {Name}";
}
