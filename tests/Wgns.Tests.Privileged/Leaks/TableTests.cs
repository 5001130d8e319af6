using System.Text.RegularExpressions;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>docs/SECURITY.md says which test shows what; here the two are held together.</summary>
[Category("UserNamespace")]
public sealed partial class TableTests
{
    [Test]
    public void Every_way_out_names_a_test_that_shows_it_closed_and_one_that_sees_it_open()
    {
        Rows().Should().NotBeEmpty();
        foreach (var row in Rows())
        {
            row.Should().HaveCount(5, "{0}", row[0]);
            foreach (var column in row[3..])
            {
                var names = Names().Matches(column).Select(m => m.Groups[1].Value).ToList();
                names.Should().NotBeEmpty("{0}", row[0]);
                names.Should().OnlyContain(n => Exists(n), "{0}", row[0]);
            }
        }
    }

    [Test]
    public void Every_test_of_the_leak_suite_is_named_there()
    {
        var named = Rows().SelectMany(r => r[3..]).SelectMany(c => Names().Matches(c)).Select(m => m.Groups[1].Value).ToHashSet();
        Tests().Where(t => t.Type.Namespace == typeof(TableTests).Namespace && t.Type != typeof(TableTests))
            .Select(t => $"{t.Type.Name}.{t.Name}").Should().BeSubsetOf(named);
    }

    private static bool Exists(string name) => name.Split(": ") is [var file, var check]
        ? Directory.GetFiles(Root + "/tests/vm/checks", $"*-{file}.sh").Any(f => File.ReadAllText(f).Contains($"\ncheck_{check}() ", StringComparison.Ordinal))
        : Tests().Any(t => $"{t.Type.Name}.{t.Name}" == name);

    private static IEnumerable<(Type Type, string Name)> Tests() =>
        from type in typeof(TableTests).Assembly.GetTypes()
        from method in type.GetMethods()
        where method.IsDefined(typeof(TestAttribute), false) || method.IsDefined(typeof(TestCaseAttribute), false) || method.IsDefined(typeof(TestCaseSourceAttribute), false)
        select (type, method.Name);

    private static List<string[]> Rows() =>
    [
        .. File.ReadAllLines(Root + "/docs/SECURITY.md").Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(l => l.Trim('|', ' ').Split(" | ")),
    ];

    private static string Root =>
        TestContext.CurrentContext.TestDirectory[..TestContext.CurrentContext.TestDirectory.IndexOf("/tests/", StringComparison.Ordinal)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Names();
}
