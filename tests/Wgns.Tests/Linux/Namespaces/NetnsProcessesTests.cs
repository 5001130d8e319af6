using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Linux.Namespaces;

public sealed class NetnsProcessesTests
{
    [TestCase("transmission-da", "transmission-da")]
    [TestCase("x\nFAILED  lnk", "x?FAILED  lnk")]
    [TestCase("a\u202eb\tc", "a?b?c")]
    public void A_processs_name_is_of_one_line_whatever_it_calls_itself(string name, string said) => NetnsProcesses.OneLine(name).Should().Be(said);
}
