using System.Globalization;
using System.Text;
using Wgns.Engine.Embedded;
using Wgns.Execution;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;

namespace Wgns.Rootless;

/// <summary>
/// Devices that engines left which were killed. Whoever keeps the namespace starts its engine again, and goes on with the device: only
/// records tell whose it is, and only what is recorded by nobody who lives may be taken away.
/// </summary>
internal static class LeftDevices
{
    private const string SuperviseVerb = "supervise";

    /// <summary>Deletes them.</summary>
    /// <param name="links">Those for which <see cref="EngineTun.IsLeft"/> holds.</param>
    /// <exception cref="OperationFailedException">One is somebody's; then none is deleted.</exception>
    internal static void Delete(Rtnl inside, IReadOnlyCollection<Link> links)
    {
        foreach (var link in links)
        {
            if (OwnerOf(link.Alias!) is { } owner)
            {
                throw new OperationFailedException(
                    $"the device {link.Name} inside belongs to {owner}, which goes on with it: take that down first, or leave the namespace to it");
            }
        }

        foreach (var link in links)
        {
            inside.DelLink(link);
        }
    }

    /// <summary>Who has a device of this mark on record, in words; null where nobody has who lives.</summary>
    private static string? OwnerOf(string mark) =>
        Keepers().Select(k => Holder(k, mark) is { } name ? string.Create(CultureInfo.InvariantCulture, $"the namespace {name} of process {k}") : null)
            .FirstOrDefault(o => o is not null)
        ?? (Recorded(RuntimePaths.System.State, mark) is { } root ? $"the namespace {root}, which is up" : null);

    /// <summary>Who could give this user namespace's networks tunnels is in it, as we are.</summary>
    private static IEnumerable<int> Keepers()
    {
        var own = Link("/proc/self/ns/user");
        return ProcessSearch.All().Where(pid =>
            pid != Environment.ProcessId
            && Link(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/user")) == own
            && Words(pid, "cmdline").Any(w => w is Keeping.Verb or SuperviseVerb));
    }

    private static string? Holder(int pid, string mark)
    {
        var prefix = Surroundings.Root + "=";
        var state = Words(pid, "environ")
            .FirstOrDefault(w => w.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..] ?? RuntimePaths.System.State;

        // In its mounts: the records of what goes with its keeper are in memory that nobody else sees.
        using var root = ProcessRoot.Of(pid);
        string? name = null;
        return root?.Has(state, there => (name = Recorded(there, mark)) is not null) == true ? name : null;
    }

    /// <summary>The namespace of the record in a directory that has the mark.</summary>
    private static string? Recorded(string directory, string mark)
    {
        if (!Directory.Exists(directory))
        {
            return null;
        }

        foreach (var path in Directory.EnumerateFiles(directory, "*.json", new EnumerationOptions { IgnoreInaccessible = true }))
        {
            // One that cannot be read says nothing of any device, and is said where it is asked for by its own name.
            try
            {
                if (PlainFile.TryRead(path, StateDirectory.Longest) is { } bytes && StateFile.Decode(bytes, path) is var record && Has(record, mark))
                {
                    return record.Namespace;
                }
            }
            catch (Exception e) when (ExpectedFailure.Is(e))
            {
                continue;
            }
        }

        return null;
    }

    private static bool Has(StateRecord record, string mark) =>
        record.Interfaces.Any(i => i.Engine is { } engine && EngineTun.MarkOf(engine.Socket) == mark);

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is of another user's namespace: not in ours.
            return null;
        }
    }

    private static string[] Words(int pid, string file) => ProcFile.TryReadTextOf(pid, file)?.Split('\0') ?? [];
}
