using Wgns.Observation;

namespace Wgns.Execution;

/// <summary>The state files' twin in memory. Records pass through the file's own format, so that none is kept that a file could not keep.</summary>
public sealed class InMemoryStateStore : IStateStore
{
    private readonly Dictionary<string, byte[]> _files = [];

    public IReadOnlyCollection<string> Names => _files.Keys;

    public StateRecord? Load(string name) =>
        _files.TryGetValue(name, out var json) ? StateFile.Decode(json, name) : null;

    public void Save(StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _files[record.Namespace] = StateFile.Encode(record);
    }

    public void Delete(string name) => _files.Remove(name);
}
