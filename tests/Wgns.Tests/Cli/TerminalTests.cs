using Wgns.Cli.Output;
using Wgns.Diagnostics;

namespace Wgns.Tests.Cli;

public sealed class TerminalTests
{
    [TestCase("there is no namespace a\u001b[2Jb", "there is no namespace a?[2Jb")]
    [TestCase("bell\a, back\b, return\r, delete\u007f, C1 \u009b31m", "bell?, back?, return?, delete?, C1 ?31m")]
    [TestCase("/c/\u202Elmot.npv: a\u2028b\u2066c", "/c/?lmot.npv: a?b?c")]
    [TestCase("two\nlines\tand \u00fc", "two\nlines\tand \u00fc")]
    public void What_others_wrote_cannot_command_the_terminal(string text, string shown) => Terminal.Harmless(text).Should().Be(shown);

    [Test]
    public void Of_very_many_diagnostics_a_hundred_are_shown_errors_first_and_none_is_endless()
    {
        var place = SourceSpan.WholeOf("/c/vpn.toml");
        Diagnostic[] many = [.. Enumerable.Range(0, 150).Select(n => Diagnostic.Warning(place, $"warning {n}")), Diagnostic.Error(place, new string('x', 100_000))];

        var lines = Written(many).TrimEnd('\n').Split('\n');

        lines.Should().HaveCount(101).And.OnlyContain(l => l.Length < 2100);
        lines[0].Should().StartWith("/c/vpn.toml: error: xxx").And.EndWith("x…");
        lines[99].Should().EndWith("warning 98");
        lines[100].Should().Be("and 51 more");
    }

    [Test]
    public void A_line_end_in_a_value_makes_no_line_of_its_own_beside_a_place()
    {
        var diagnostic = Diagnostic.Error(SourceSpan.WholeOf("/c/a\nb.toml"), "engine is \"x\n/c/vpn.toml:1:1: error: all is well\"", "did you\nmean");

        Written(diagnostic).Should().Be("/c/a?b.toml: error: engine is \"x?/c/vpn.toml:1:1: error: all is well\"\n  hint: did you?mean\n");
    }

    private static string Written(params Diagnostic[] diagnostics) => Terminal.Together(() =>
    {
        DiagnosticText.Write(diagnostics);
        return Terminal.Error.ToString()!;
    });
}
