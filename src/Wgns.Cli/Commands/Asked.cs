using System.Collections.Immutable;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux.Files;

namespace Wgns.Cli.Commands;

/// <summary>One of the configurations that a command works on, as far as can be told however much of it is wrong.</summary>
/// <param name="Problem">Why it cannot be read; null where it can.</param>
internal sealed record Asked(string Path, string Name, bool IsManaged, string? Birthplace, string? Problem)
{
    internal static List<Asked> Of(IEnumerable<string> paths) => [.. paths.Select(Read)];

    /// <summary>For each, by their places, those whose namespaces its devices are born in: they are there first, and go last.</summary>
    internal static ImmutableArray<int[]> Births(IReadOnlyList<Asked> all) =>
    [
        .. all.Select((a, i) => Enumerable.Range(0, all.Count)
            .Where(o => o != i && a.Birthplace is { } place && SamePlace.Are(place, Shared.Runtime.NetnsFile(all[o].Name)))
            .ToArray()),
    ];

    /// <summary>The same the other way around.</summary>
    internal static ImmutableArray<int[]> Dependants(IReadOnlyList<Asked> all)
    {
        var births = Births(all);
        return [.. all.Select((_, i) => Enumerable.Range(0, all.Count).Where(o => births[o].Contains(i)).ToArray())];
    }

    internal int FailUnread()
    {
        Terminal.Fail($"{Path}: {Problem}", "give the namespace's name instead");
        return ExitStatus.Failed;
    }

    private static Asked Read(string path)
    {
        if (ConfigLoader.ReadBytes(path, out var problem) is not { } bytes)
        {
            return new Asked(path, System.IO.Path.GetFileNameWithoutExtension(path), IsManaged: true, null, problem);
        }

        var (name, isManaged, birthplace) = ConfigLoader.NameIn(bytes, path);
        return new Asked(path, name, isManaged, birthplace is null ? null : Shared.Runtime.NetnsPlace(birthplace), null);
    }
}
