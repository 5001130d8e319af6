using Wgns.Cli.Output;

namespace Wgns.Tests.Cli;

public sealed class WordsTests
{
    [TestCase(0, "0 operations")]
    [TestCase(1, "1 operation")]
    [TestCase(2, "2 operations")]
    public void One_operation_is_not_several(int count, string said) => Words.Count(count, "operation").Should().Be(said);
}
