using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Namespaces;
using Wgns.Observation;

namespace Wgns.Execution;

/// <summary>Records as files under /run/wgns. They hold no key and everybody may read them.</summary>
public sealed class StateDirectory(RuntimePaths paths) : IStateStore
{
    /// <summary>Bytes; thousands of interfaces fit.</summary>
    internal const long Longest = 16 << 20;

    /// <summary>Whether there is a record, readable or not, or anything else in its place.</summary>
    public bool Has(string name) => NetnsDirectory.IsValidName(name) && Path.Exists(paths.StateFile(name));

    /// <summary>Names that have a record, sorted.</summary>
    public IReadOnlyList<string> List() =>
        Directory.Exists(paths.State)
            ? [.. Directory.EnumerateFiles(paths.State, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Null where there is none.</summary>
    /// <exception cref="OperationFailedException">Damaged, of a newer wgns, another namespace's, or no plain file; or the directory is a link.</exception>
    public StateRecord? Load(string name)
    {
        paths.RefuseLink();
        var path = paths.StateFile(name);
        byte[]? bytes;
        try
        {
            bytes = PlainFile.TryRead(path, Longest);
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }

        var record = bytes is null ? null : StateFile.Decode(bytes, path);
        if (record?.Namespace == name)
        {
            return record;
        }

        var why = record is null ? "it is no plain file" : $"it is about namespace {record.Namespace}";
        throw new OperationFailedException($"{path} is damaged ({why}); if nothing of the namespace is left (`ip netns`), remove {path}");
    }

    /// <summary>Null also where it cannot be read: that is said where it is asked for by its own name, and is no reason to know nothing of others.</summary>
    public StateRecord? LoadReadable(string name)
    {
        try
        {
            return Load(name);
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            return null;
        }
    }

    /// <summary>Anew also where the same stands there: who supervises the namespace sees by it that somebody else has been at work.</summary>
    public void Save(StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        paths.CreateState();
        AtomicFile.Write(paths.StateFile(record.Namespace), StateFile.Encode(record), Permissions.Everybody);
    }

    /// <summary>Also of what a run that was killed while it wrote the record left; under the namespace's lock.</summary>
    public void Delete(string name)
    {
        File.Delete(paths.StateFile(name));
        AtomicFile.Sweep(paths.StateFile(name));
    }
}
