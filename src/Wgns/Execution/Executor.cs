using System.Collections.Immutable;
using Wgns.Linux;
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
        Save(record);
        var done = new Stack<Step>();
        foreach (var step in plan.Steps)
        {
            Failure? failure = stop.IsCancellationRequested ? Failure.Interrupted(step.Do) : null;
            failure ??= Try(step.Do, ref record);
            if (failure is not null)
            {
                return Undo(plan, done, record, failure);
            }

            done.Push(step);
        }

        Finish(plan, record);
        return RunResult.Success;
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
            if (Try(step.Do, ref record) is { } failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count == 0)
        {
            Finish(plan, record);
        }
        else
        {
            Save(record);
        }

        return new RunResult(failures.ToImmutable(), []);
    }

    private RunResult Undo(Plan plan, Stack<Step> done, StateRecord record, Failure cause)
    {
        var failures = ImmutableArray.CreateBuilder<Failure>();
        foreach (var step in done)
        {
            if (step.Undo is { } undo && Try(undo, ref record) is { } failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            // Something of ours is left behind: the intent stays, for the next up or down to clean up.
            Save(record);
        }
        else if (plan.Before is { } before)
        {
            // The undone run may have reloaded rules or restarted an engine: what was learnt of those is newer.
            Save(before with
            {
                RulesetText = record.RulesetText ?? before.RulesetText,
                RulesetListing = record.RulesetListing ?? before.RulesetListing,
                Interfaces = [.. before.Interfaces.Select(i => record.Interface(i.Ifname) ?? i)],
            });
        }
        else
        {
            Delete(plan.Name);
        }

        return new RunResult([cause], failures.ToImmutable());
    }

    private Failure? Try(Operation operation, ref StateRecord record)
    {
        try
        {
            observer?.Starting(operation);
            var learnt = machine.Apply(operation, record);
            if (!ReferenceEquals(learnt, record))
            {
                record = learnt;
                Save(record);
            }

            observer?.Done(operation);
            return null;
        }
        catch (Exception e) when (e is KernelException or IOException or UnauthorizedAccessException or OperationFailedException)
        {
            return new Failure(operation, e.Message);
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
