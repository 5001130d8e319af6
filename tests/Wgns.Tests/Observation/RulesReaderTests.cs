using Wgns.Linux;
using Wgns.Linux.Nftables;
using Wgns.Observation;

namespace Wgns.Tests.Observation;

public sealed class RulesReaderTests
{
    private const string File = "/proc/thread-self/fd/7";

    private static NftResult Refused(string words) => new(false, string.Empty, words, NftErrorParser.Parse(words, File));

    [TestCase("/proc/thread-self/fd/7:1:17-20: Error: No such file or directory\nlist table inet wgns\n                ^^^^\n")]
    [TestCase("/proc/thread-self/fd/7:1:17-20: Error: No such file or directory; did you mean table \u2018wgns\u2019 in family ip?\nlist table inet wgns\n                ^^^^\n")]
    public void A_table_that_is_not_there_is_none(string words) => RulesReader.OfTable("inet wgns", Refused(words)).Should().BeNull();

    [TestCase("netlink: Error: cache initialization failed: Operation not permitted\n", "Operation not permitted")]
    [TestCase("netlink: Error: cache initialization failed: No such file or directory\n", "cache initialization failed")]
    [TestCase("/proc/thread-self/fd/7:1:17-20: Error: Out of memory\nlist table inet wgns\n                ^^^^\n", "Out of memory")]
    [TestCase("", "list table inet wgns")]
    public void Whatever_else_nft_says_is_an_error_with_its_words_and_no_missing_table(string words, string told) =>
        ((Action)(() => RulesReader.OfTable("inet wgns", Refused(words)))).Should().Throw<KernelException>().WithMessage($"*{told}*");

    [Test]
    public void Of_the_whole_ruleset_no_refusal_is_taken_for_none() =>
        ((Action)(() => RulesReader.OfWhole(Refused("netlink: Error: cache initialization failed: Operation not permitted\n"))))
            .Should().Throw<KernelException>().WithMessage("list the ruleset*Operation not permitted*");

    [Test]
    public void A_table_without_a_rule_is_there() =>
        RulesReader.OfTable("inet wgns", new NftResult(true, "table inet wgns {\n}\n", string.Empty, [])).Should().Contain("table inet wgns");
}
