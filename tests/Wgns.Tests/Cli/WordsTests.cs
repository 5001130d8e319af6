using Wgns.Cli.Output;

namespace Wgns.Tests.Cli;

public sealed class WordsTests
{
    [TestCase(72, "1 minute, 12 seconds ago")]
    [TestCase(1, "1 second ago")]
    [TestCase(0, "now")]
    [TestCase(-5, "now")]
    [TestCase(-6, "in the future: the clock was set back")]
    [TestCase(-86400, "in the future: the clock was set back")]
    public void A_time_to_come_is_not_now(int seconds, string said) => Words.Ago(TimeSpan.FromSeconds(seconds)).Should().Be(said);

    [TestCase(0, "0 operations")]
    [TestCase(1, "1 operation")]
    [TestCase(2, "2 operations")]
    public void One_operation_is_not_several(int count, string said) => Words.Count(count, "operation").Should().Be(said);
}
