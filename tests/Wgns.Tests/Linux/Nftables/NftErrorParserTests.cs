using Wgns.Linux.Nftables;

namespace Wgns.Tests.Linux.Nftables;

public sealed class NftErrorParserTests
{
    private const string Text = "/proc/thread-self/fd/7";

    [Test]
    public void Each_complaint_has_its_place_and_its_line()
    {
        NftErrorParser.Parse(
            """
            /proc/thread-self/fd/7:3:17-22: Error: syntax error, unexpected string
              chain b { tcp dportt 1 }
                            ^^^^^^
            /proc/thread-self/fd/7:5:1-3: Error: syntax error, unexpected add
            add rule inet x y accept
            ^^^

            """,
            Text).Should().Equal(
            new NftError(null, 3, 17, 22, "syntax error, unexpected string", "  chain b { tcp dportt 1 }"),
            new NftError(null, 5, 1, 3, "syntax error, unexpected add", "add rule inet x y accept"));
    }

    [Test]
    public void A_complaint_in_an_included_file_names_it() => NftErrorParser.Parse(
        "In file included from /proc/thread-self/fd/7:1:1-24:\n/etc/a:b.nft:1:3-3: Error: syntax error\nvm\n  ^\n", Text)
        .Should().Equal(new NftError("/etc/a:b.nft", 1, 3, 3, "syntax error", "vm") { IncludeLine = 1, IncludeColumn = 1 });

    [Test]
    public void A_file_that_an_included_one_includes_is_placed_where_the_text_includes_the_first() => NftErrorParser.Parse(
        $"In file included from /etc/a from {Text}:9:1-2:\n                 from {Text}:7:3-30:\n/etc/b.nft:1:3-3: Error: x\nvm\n  ^\n{Text}:8:1-1: Error: y\n", Text)
        .Select(e => e.Place).Should().Equal((7, 3), (8, 1));

    [Test]
    public void Two_places_under_one_line_are_one_complaint() => NftErrorParser.Parse(
        "/proc/thread-self/fd/7:2:4-8: Error: conflicting statements\n\ta  bbbbb ccc\n\t   ^^^^^ ~~~\n", Text)
        .Should().Equal(new NftError(null, 2, 4, 8, "conflicting statements", "\ta  bbbbb ccc"));

    [TestCase("Error: Could not process rule: Operation not permitted\n")]
    [TestCase("netlink: Error: Could not process rule: Operation not permitted\n")]
    [TestCase("internal:0:0-0: Error: Could not process rule: Operation not permitted\n")]
    public void A_complaint_without_a_place_is_one_still(string buffer) => NftErrorParser.Parse(buffer, Text)
        .Should().Equal(new NftError(null, 0, 0, 0, "Could not process rule: Operation not permitted", null));

    [Test]
    public void A_source_line_that_looks_like_a_complaint_is_not_one_more() => NftErrorParser.Parse(
        "/proc/thread-self/fd/7:1:8-8: Error: syntax error\nError: x\n       ^\n", Text)
        .Should().ContainSingle().Which.Source.Should().Be("Error: x");

    [Test]
    public void A_place_too_far_to_count_is_no_crash() => NftErrorParser.Parse(
        "/proc/thread-self/fd/7:99999999999:1-1: Error: syntax error\n", Text)
        .Should().ContainSingle().Which.Line.Should().Be(0);
}
