using Wgns.Cli.Output;

namespace Wgns.Tests.Cli;

public sealed class TerminalTests
{
    [TestCase("there is no namespace a\u001b[2Jb", "there is no namespace a?[2Jb")]
    [TestCase("bell\a, back\b, return\r, delete\u007f, C1 \u009b31m", "bell?, back?, return?, delete?, C1 ?31m")]
    [TestCase("two\nlines\tand \u00fc", "two\nlines\tand \u00fc")]
    public void What_others_wrote_cannot_command_the_terminal(string text, string shown) => Terminal.Harmless(text).Should().Be(shown);
}
