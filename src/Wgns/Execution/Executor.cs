using System.Collections.Immutable;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>Carries plans out: in order, written down before begun, undone in reverse where one fails.</summary>
public sealed class Executor(IMachine machine, IStateStore store, IRunObserver? observer = null)
{
    /// <summary>Runs until the end, the first failure, or <paramref name="stop"/>; then takes back what it did.</summary>
    public RunResult Apply(Plan plan, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Intent is null)
        {
            return RunResult.Success;
        }

        var record = plan.Intent;
        if (TryRecord(plan.Name, () => Save(record)) is { } unwritten)
        {
            return new RunResult([unwritten], []) { IsUntouched = true };
        }

        var done = new Stack<Step>();
        foreach (var step in plan.Steps)
        {
            Failure? failure = stop.IsCancellationRequested ? Failure.Interrupted(step.Do) : null;
            var isDone = false;
            failure ??= Try(step.Do, ref record, out isDone);
            if (failure is not null && step.Do is RunHooks && stop.IsCancellationRequested)
            {
                failure = failure with { WasInterrupted = true };
            }

            if (isDone)
            {
                // Also where only its record could not be written: the operation itself is there to be taken back.
                done.Push(step);
            }

            if (failure is not null)
            {
                return Undo(plan, done, record, failure);
            }
        }

        return TryRecord(plan.Name, () => Finish(plan, record)) is { } unfinished
            ? Undo(plan, done, record, unfinished)
            : RunResult.Success;
    }

    /// <summary>
    /// Runs a teardown: goes on past failures and reports all of them. The record stays while anything failed, so that
    /// the next down knows what is left.
    /// </summary>
    public RunResult TearDown(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Intent is null)
        {
            return RunResult.Success;
        }

        var record = plan.Intent;
        var failures = ImmutableArray.CreateBuilder<Failure>();
        foreach (var step in plan.Steps)
        {
            if (Try(step.Do, ref record, out _) is { } failure)
            {
                failures.Add(failure);
            }
        }

        // A hook that failed has left nothing that is ours, and nothing that another down could do better.
        var result = new RunResult(failures.ToImmutable(), []);
        var last = TryRecord(plan.Name, result.Succeeded || result.HasOnlyHooksFailed ? () => Finish(plan, record) : () => Save(record));
        return last is null ? result : result with { Failures = result.Failures.Add(last) };
    }

    private RunResult Undo(Plan plan, Stack<Step> done, StateRecord record, Failure cause)
    {
        var failures = ImmutableArray.CreateBuilder<Failure>();
        foreach (var step in done)
        {
            if (step.Undo is { } undo && Try(undo, ref record, out _) is { } failure)
            {
                failures.Add(failure);
            }
        }

        // With something of ours left behind the intent stays, for the next up or down to clean up.
        var last = failures.Count > 0 ? TryRecord(plan.Name, () => Save(record))
            : plan.Before is { } before ? TryRecord(plan.Name, () => Save(Restored(before, record)))
            : TryRecord(plan.Name, () => Delete(plan.Name));
        if (last is not null)
        {
            failures.Add(last);
        }

        return new RunResult([cause], failures.ToImmutable()) { IsUndone = true, Lost = [.. done.Select(s => s.Lost).OfType<string>().Distinct()] };
    }

    /// <summary>
    /// The record as it was. Rules that were put back are the ones it speaks of, or had drifted from those already, and
    /// then they still differ from it. Only of engines the undone run knows more: they were stopped, or have a new pid.
    /// </summary>
    private static StateRecord Restored(StateRecord before, StateRecord record) => before with
    {
        Interfaces =
        [
            .. before.Interfaces.Select(i => i.Engine is null ? i : record.Interface(i.Ifname) is { Engine: not null } now ? now : i),
        ],
    };

    private Failure? Try(Operation operation, ref StateRecord record, out bool isDone)
    {
        isDone = false;
        try
        {
            observer?.Starting(operation);
            var learnt = machine.Apply(operation, record);
            isDone = true;
            if (!ReferenceEquals(learnt, record))
            {
                record = learnt;
                Save(record);
            }

            observer?.Done(operation);
            return null;
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            return new Failure(operation, e.Message);
        }
    }

    private static Failure? TryRecord(string name, Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            return new Failure(new WriteRecord(name), e.Message);
        }
    }

    private void Finish(Plan plan, StateRecord record)
    {
        if (plan.Outcome is { } outcome)
        {
            Save(outcome.Of(record));
        }
        else
        {
            Delete(plan.Name);
        }
    }

    private void Save(StateRecord record)
    {
        observer?.Saving(record);
        store.Save(record);
        observer?.Saved(record);
    }

    private void Delete(string name)
    {
        observer?.Saving(null);
        store.Delete(name);
        observer?.Saved(null);
    }
}
