using Wgns.Linux.Files;
using Wgns.Observation;

namespace Wgns.Execution;

/// <summary>Records as files under /run/wgns. They hold no key and everybody may read them.</summary>
public sealed class StateDirectory(RuntimePaths paths) : IStateStore
{
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Whether there is a record, readable or not.</summary>
    public bool Has(string name) => File.Exists(paths.StateFile(name));

    /// <summary>Names that have a record, sorted.</summary>
    public IReadOnlyList<string> List() =>
        Directory.Exists(paths.State)
            ? [.. Directory.EnumerateFiles(paths.State, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)]
            : [];

    public StateRecord? Load(string name)
    {
        var path = paths.StateFile(name);
        try
        {
            return StateFile.Decode(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Save(StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        paths.CreateState();
        AtomicFile.Write(paths.StateFile(record.Namespace), StateFile.Encode(record), (uint)Readable);
    }

    /// <summary>Also of what a run that was killed while it wrote the record left; under the namespace's lock.</summary>
    public void Delete(string name)
    {
        File.Delete(paths.StateFile(name));
        AtomicFile.Sweep(paths.StateFile(name));
    }
}
