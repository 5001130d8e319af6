using Wgns.Linux;
using Wgns.Observation;

namespace Wgns.Tests.Privileged.Nftables;

/// <summary>What libnftables of this machine says of tables that are not there, and of what it cannot list.</summary>
[Category("UserNamespace")]
public sealed class RulesReaderTests
{
    [Test]
    public void A_table_is_missing_only_where_there_is_none_and_another_failure_is_told()
    {
        using var scratch = new ScratchNetns();
        RulesReader.Table(scratch.Netns, "wgns").Should().BeNull();
        RulesReader.Rules(scratch.Netns, whole: false).Should().BeEmpty();

        // The same name in another family: nft asks whether that was meant.
        Within.Run(scratch.Name, "nft", "add table ip wgns");
        RulesReader.Table(scratch.Netns, "wgns").Should().BeNull();
        Within.Run(scratch.Name, "nft", "add table inet wgns");
        RulesReader.Table(scratch.Netns, "wgns").Should().Contain("table inet wgns");

        ((Action)(() => RulesReader.Table(scratch.Netns, "wgns }"))).Should().Throw<KernelException>().WithMessage("*syntax error*");
    }
}
