using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Wgns.Tests;

/// <summary>
/// The folders of an assembly are layers, or stages of the flow: none uses one that uses it, whatever way round. What stands beside the
/// folders is everybody's.
/// </summary>
public sealed partial class FolderTests
{
    [TestCase("Wgns")]
    [TestCase("Wgns.Cli")]
    [TestCase("Wgns.Linux")]
    [TestCase("Wgns.WireGuard")]
    public void No_folder_of_an_assembly_uses_one_that_uses_it(string assembly)
    {
        var left = Uses(assembly);
        left.Values.Should().Contain(u => u.Count > 0, "at least one uses another");

        // Those that use none that is left go. What stays goes round, or uses what does.
        while (left.Where(f => !f.Value.Overlaps(left.Keys)).Select(f => f.Key).ToList() is { Count: > 0 } done)
        {
            done.ForEach(f => left.Remove(f));
        }

        left.Select(f => $"{f.Key} uses {string.Join(", ", f.Value.Intersect(left.Keys))}").Should().BeEmpty();
    }

    /// <summary>By namespace, which is the folder; each uses the one that it stands in.</summary>
    private static Dictionary<string, HashSet<string>> Uses(string assembly, [CallerFilePath] string here = "")
    {
        var source = $"{here[..here.LastIndexOf("/tests/", StringComparison.Ordinal)]}/src/{assembly}";
        var files = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Built().IsMatch(f[source.Length..]))
            .Select(File.ReadAllText)
            .Select(t => (Own: Namespace().Match(t).Groups[1].Value, Named: Name().Matches(t).Select(m => m.Value).ToList()))
            .Where(f => f.Own.StartsWith(assembly + ".", StringComparison.Ordinal))
            .ToLookup(f => f.Own, f => f.Named);
        var folders = files.Select(f => f.Key).ToHashSet();
        return folders.ToDictionary(
            own => own,
            own => files[own].SelectMany(n => n).Append(own[..own.LastIndexOf('.')])
                .Select(n => Folder(n, folders)).OfType<string>().Where(f => f != own).ToHashSet());
    }

    /// <summary>The folder of a type's name, or of a folder's; null for what is in none of this assembly.</summary>
    private static string? Folder(string name, HashSet<string> folders)
    {
        while (!folders.Contains(name))
        {
            var dot = name.LastIndexOf('.');
            if (dot < 0)
            {
                return null;
            }

            name = name[..dot];
        }

        return name;
    }

    [GeneratedRegex("^/(bin|obj)/")]
    private static partial Regex Built();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bWgns(\.[A-Z]\w*)+")]
    private static partial Regex Name();
}
