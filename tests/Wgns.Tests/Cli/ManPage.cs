using System.Text.RegularExpressions;

namespace Wgns.Tests.Cli;

/// <summary>One of docs/man, as far as the tests must understand mdoc(7).</summary>
internal sealed partial class ManPage
{
    private readonly string[] _lines;

    private ManPage(string[] lines) => _lines = lines;

    internal static ManPage Named(string file) =>
        new(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "man", file)));

    /// <summary>A section (.Sh) or a subsection (.Ss), without its heading.</summary>
    internal ManPage Section(string heading)
    {
        var start = Array.FindIndex(_lines, l => l == $".Sh {heading}" || l == $".Ss {heading}");
        start.Should().BeGreaterThanOrEqualTo(0, "there must be a section {0}", heading);
        var ends = _lines[start].StartsWith(".Sh", StringComparison.Ordinal) ? [".Sh "] : (string[])[".Sh ", ".Ss "];
        return new([.. _lines.Skip(start + 1).TakeWhile(l => !ends.Any(e => l.StartsWith(e, StringComparison.Ordinal)))]);
    }

    /// <summary>The first words of its list items that are of a macro: Ic is a verb, Va a key, Li a word of JSON.</summary>
    internal IEnumerable<string> Items(string macro) =>
        from line in _lines
        where line.StartsWith($".It {macro} ", StringComparison.Ordinal)
        from word in Plain(line[(macro.Length + 5)..]).Split(' ').TakeWhile((w, i) => i == 0 || macro == "Li")
        where word != ","
        select word;

    /// <summary>The description of one verb, its options included: up to the next verb.</summary>
    internal ManPage Verb(string verb)
    {
        var start = Array.FindIndex(_lines, l => VerbItem().Match(l) is { Success: true } match && match.Groups[1].Value == verb);
        start.Should().BeGreaterThanOrEqualTo(0, "wgns.1 must have an item `.It Ic {0}` in its COMMANDS", verb);
        return new([.. _lines.Skip(start).TakeWhile((l, i) => i == 0 || !(VerbItem().IsMatch(l) || l.StartsWith(".S", StringComparison.Ordinal)))]);
    }

    /// <summary>The words that follow a macro that stands anywhere in a line.</summary>
    internal IEnumerable<string> WordsAfter(string macro) =>
        from line in _lines
        where line.StartsWith('.')
        let words = Plain(line[1..]).Split(' ')
        from pair in words.Zip(words.Skip(1))
        where pair.First == macro
        select pair.Second;

    /// <summary>All words of the lines that begin with a macro.</summary>
    internal IEnumerable<string> WordsOf(string macro) =>
        _lines.Where(l => l.StartsWith($".{macro} ", StringComparison.Ordinal)).SelectMany(l => Plain(l).Split(' ').Skip(1)).Where(w => w is not ("," or "."));

    /// <summary>Its displays (.Bd), as the reader sees them.</summary>
    internal IEnumerable<string> Displays()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].StartsWith(".Bd", StringComparison.Ordinal))
            {
                yield return string.Join('\n', _lines.Skip(i + 1).TakeWhile(l => l != ".Ed").Select(Plain)) + "\n";
            }
        }
    }

    private static string Plain(string roff) => roff
        .Replace("\\&", "", StringComparison.Ordinal)
        .Replace("\\-", "-", StringComparison.Ordinal)
        .Replace("\\(aq", "'", StringComparison.Ordinal)
        .Replace("\\(dq", "\"", StringComparison.Ordinal)
        .Replace("\\e", "\\", StringComparison.Ordinal);

    [GeneratedRegex(@"^\.It Ic (\S+)")]
    private static partial Regex VerbItem();
}
