using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>What operations act on: the real machine, or its twin in memory.</summary>
public interface IMachine
{
    /// <summary>Carries one operation out, whole or not at all.</summary>
    /// <returns><paramref name="record"/> with what was learnt: a netns' identity, an engine's pid.</returns>
    StateRecord Apply(Operation operation, StateRecord record);
}

/// <summary>Where records of ownership are kept.</summary>
public interface IStateStore
{
    /// <summary>Null where there is none.</summary>
    StateRecord? Load(string name);

    /// <summary>On disk when it returns.</summary>
    void Save(StateRecord record);

    void Delete(string name);
}

/// <summary>Is told of a run as it goes: for progress, for timing, and for tests that end it in the middle.</summary>
public interface IRunObserver
{
    void Saving(StateRecord? record);

    void Saved(StateRecord? record);

    void Starting(Operation operation);

    void Done(Operation operation);
}
