using Wgns.Execution;
using Wgns.Linux;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Tests.Planning;

namespace Wgns.Tests.Execution;

/// <summary>What kill -9 is to a process. No code catches it.</summary>
internal sealed class KilledException : Exception;

/// <summary>Ends a run at its n-th moment: before and after every operation and every writing of the record.</summary>
internal sealed class KillAt(int moment) : IRunObserver
{
    private int _moment;

    public void Saving(StateRecord? record) => Pass();

    public void Saved(StateRecord? record) => Pass();

    public void Starting(Operation operation) => Pass();

    public void Done(Operation operation) => Pass();

    /// <summary>False where the run ended before its moment came.</summary>
    internal static bool Kills(int moment, Action<IRunObserver> run)
    {
        try
        {
            run(new KillAt(moment));
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }

    /// <summary>Kills a run at each of its moments, each time from the same beginning, and looks at what comes of it.</summary>
    /// <returns>How many moments there were.</returns>
    internal static int EveryMoment(Func<World> begin, Func<World, Action<IRunObserver>> run, Action<World> check)
    {
        for (var moment = 0; ; moment++)
        {
            var world = begin();
            if (!Kills(moment, run(world)))
            {
                moment.Should().BePositive("a run that does nothing shows nothing");
                return moment;
            }

            check(world);
        }
    }

    private void Pass()
    {
        if (_moment++ == moment)
        {
            throw new KilledException();
        }
    }
}

/// <summary>Refuses the n-th operation, and from then on none.</summary>
internal sealed class RefusingMachine(IMachine machine, int refused) : IMachine
{
    private int _operation;

    public StateRecord Apply(Operation operation, StateRecord record) =>
        _operation++ == refused ? throw new KernelException(operation.Describe(), Errno.EPERM) : machine.Apply(operation, record);
}

/// <summary>A full disk: refuses the n-th writing.</summary>
internal sealed class FullStore(IStateStore store, int refused, int times = 1) : IStateStore
{
    private int _write;

    public StateRecord? Load(string name) => store.Load(name);

    public void Save(StateRecord record)
    {
        Write();
        store.Save(record);
    }

    public void Delete(string name)
    {
        Write();
        store.Delete(name);
    }

    private void Write()
    {
        var at = _write++;
        if (at >= refused && at < refused + times)
        {
            throw new IOException("No space left on device");
        }
    }
}
