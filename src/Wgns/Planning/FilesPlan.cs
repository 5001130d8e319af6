using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>The DNS files: written where they differ, removed where they are ours and no longer wanted.</summary>
internal static class FilesPlan
{
    internal static IEnumerable<Step> Write(DesiredState desired, ObservedState observed)
    {
        foreach (var path in desired.Directories.Where(d => !observed.Files.ContainsKey(d)))
        {
            yield return new Step(new CreateDirectory(path), new RemoveDirectory(path));
        }

        foreach (var file in desired.Files)
        {
            var there = observed.Files.GetValueOrDefault(file.Path);
            if (there?.Content != file.Content)
            {
                Operation undo = there?.Content is { } old ? new WriteFile(file.Path, old) : new RemoveFile(file.Path);
                yield return new Step(new WriteFile(file.Path, file.Content), undo);
            }
        }

        foreach (var path in Unwanted(desired, observed))
        {
            var old = observed.Files[path].Content;
            yield return new Step(new RemoveFile(path), old is null ? null : new WriteFile(path, old));
        }
    }

    /// <summary>
    /// Files that will be ours: those that were, and those about to be written. One that was there already with the
    /// wanted content stays its owner's, and `down` leaves it.
    /// </summary>
    internal static IEnumerable<string> Owned(DesiredState desired, ObservedState observed) =>
        desired.Files
            .Where(f => Ownership.OwnsFile(observed, f.Path) || observed.Files.GetValueOrDefault(f.Path)?.Content != f.Content)
            .Select(f => f.Path)
            .Concat(Unwanted(desired, observed));

    internal static IEnumerable<string> OwnedDirectories(DesiredState desired, ObservedState observed)
    {
        var before = observed.Record?.Directories ?? [];
        return desired.Directories
            .Where(d => before.Contains(d) || !observed.Files.ContainsKey(d))
            .Union(before);
    }

    private static IEnumerable<string> Unwanted(DesiredState desired, ObservedState observed) =>
        observed.Record is null
            ? []
            : observed.Record.Files.Where(f => Ownership.IsRegular(observed, f) && desired.Files.All(d => d.Path != f));
}
