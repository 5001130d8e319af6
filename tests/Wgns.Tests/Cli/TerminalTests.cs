using Wgns.Cli.Output;
using Wgns.Diagnostics;

namespace Wgns.Tests.Cli;

public sealed class TerminalTests
{
    [TestCase("there is no namespace a\u001b[2Jb", "there is no namespace a?[2Jb")]
    [TestCase("bell\a, back\b, return\r, delete\u007f, C1 \u009b31m", "bell?, back?, return?, delete?, C1 ?31m")]
    [TestCase("two\nlines\tand \u00fc", "two\nlines\tand \u00fc")]
    public void What_others_wrote_cannot_command_the_terminal(string text, string shown) => Terminal.Harmless(text).Should().Be(shown);

    [Test]
    public void A_line_end_in_a_value_makes_no_line_of_its_own_beside_a_place()
    {
        var diagnostic = Diagnostic.Error(SourceSpan.WholeOf("/c/a\nb.toml"), "engine is \"x\n/c/vpn.toml:1:1: error: all is well\"", "did you\nmean");

        var printed = Terminal.Together(() =>
        {
            DiagnosticText.Write([diagnostic]);
            return Terminal.Error.ToString();
        });

        printed.Should().Be("/c/a?b.toml: error: engine is \"x?/c/vpn.toml:1:1: error: all is well\"\n  hint: did you?mean\n");
    }
}
