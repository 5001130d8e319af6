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

    [TestCase("namespace Wgns.Rootless;\nusing Wgns.Resolution;", "Wgns.Resolution")]
    [TestCase("namespace Wgns.Rootless;\nnew Wgns.Resolution.Lookup();", "Wgns.Resolution.Lookup")]
    [TestCase("namespace Wgns.Rootless;\nnew Resolution.Lookup();", "Wgns.Resolution.Lookup")]
    [TestCase("namespace Wgns.Engine.Embedded;\nnew Resolution.Lookup();", "Wgns.Resolution.Lookup")]
    [TestCase("namespace Wgns.Engine;\nnew Embedded.Pump();", "Wgns.Engine.Embedded.Pump")]
    [TestCase("namespace Wgns.Rootless;\nthis.Resolution.Lookup(); Resolution.Any();", null)]
    public void A_name_is_found_however_much_of_it_is_written(string text, string? found)
    {
        HashSet<string> types = ["Wgns.Resolution.Lookup", "Wgns.Engine.Embedded.Pump"];

        Names(text, types).Where(n => n.Contains('.', StringComparison.Ordinal) && n != Namespace().Match(text).Groups[1].Value)
            .Should().Equal(found is null ? [] : [found]);
    }

    /// <summary>By namespace, which is the folder; each uses the one that it stands in.</summary>
    private static Dictionary<string, HashSet<string>> Uses(string assembly, [CallerFilePath] string here = "")
    {
        var source = $"{here[..here.LastIndexOf("/tests/", StringComparison.Ordinal)]}/src/{assembly}";
        var texts = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Built().IsMatch(f[source.Length..]))
            .Select(File.ReadAllText)
            .ToLookup(t => Namespace().Match(t).Groups[1].Value);
        var types = texts.SelectMany(f => f.SelectMany(t => TypeName().Matches(t)).Select(m => $"{f.Key}.{m.Groups[1].Value}")).ToHashSet();
        var folders = texts.Select(f => f.Key).Where(f => f.StartsWith(assembly + ".", StringComparison.Ordinal)).ToHashSet();
        return folders.ToDictionary(
            own => own,
            own => texts[own].SelectMany(t => Names(t, types)).Append(own[..own.LastIndexOf('.')])
                .Select(n => Folder(n, folders)).OfType<string>().Where(f => f != own).ToHashSet());
    }

    /// <summary>Whole names, and those that C# completes by the namespaces around it: Resolution.Lookup in Wgns.Rootless.</summary>
    private static IEnumerable<string> Names(string text, HashSet<string> types)
    {
        var own = Namespace().Match(text).Groups[1].Value;
        var around = Enumerable.Range(1, own.Count(c => c == '.') + 1).Select(n => string.Join('.', own.Split('.').Take(n))).ToList();
        return Name().Matches(text).Select(m => m.Value)
            .Concat(HalfName().Matches(text).SelectMany(m => around.Select(a => $"{a}.{m.Value}").Where(types.Contains)));
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

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*\.[A-Z]\w*")]
    private static partial Regex HalfName();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record)\s+([A-Z]\w*)")]
    private static partial Regex TypeName();
}
