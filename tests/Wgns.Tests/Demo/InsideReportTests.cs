using System.Net;
using Wgns.Demo;

namespace Wgns.Tests.Demo;

internal sealed class InsideReportTests
{
    [Test]
    public void A_fetch_is_read_back_as_it_was_written()
    {
        PageFetch[] fetches =
        [
            new(IPAddress.Parse("10.86.0.1"), 200, "Hello", null),
            new(IPAddress.Parse("10.86.0.1"), 0, string.Empty, "Connection refused"),
            new(null, 0, string.Empty, "Name or service not known"),
        ];
        foreach (var fetch in fetches)
        {
            PageFetch.Decode(fetch.Encode() + "\n").Should().Be(fetch);
        }
    }

    [TestCase("")]
    [TestCase("wgns: error: there is no namespace wgns-demo")]
    [TestCase("a\tb\tc\td")]
    public void What_is_no_fetch_is_none(string line) => PageFetch.Decode(line).Should().BeNull();

    [Test]
    public void Rounds_are_read_back_and_other_lines_passed_over()
    {
        ChatterRound[] rounds = [new(123456789012345, 5, 0, 4), new(123456789012346, 5, 2, 0)];
        ChatterRound.Decode("something\n" + string.Join('\n', rounds.Select(r => r.Encode())) + "\n1\t2\n")
            .Should().Equal(rounds);
    }
}
