using Wgns.Firewall;

namespace Wgns.Tests.Firewall;

public sealed class RulesListingTests
{
    /// <summary>As nft 1.0.6 lists it with -s.</summary>
    private static string Listing(string flags, string elements) =>
        "table inet wgns {\n\tset s {\n\t\ttype ipv4_addr\n" + flags + elements
        + "\t}\n\n\tmap m {\n\t\ttype ipv4_addr : verdict\n\t\telements = { 1.2.3.4 : drop }\n\t}\n\n"
        + "\tchain c {\n\t\tip daddr @s counter drop\n\t}\n}\n";

    private const string Elements =
        "\t\telements = { 10.1.1.1 counter comment \"a } b\", 10.1.1.2 counter,\n\t\t\t     10.1.1.3 counter }\n";

    [TestCase("table inet wgns {\n\tchain c {\n\t}\n}\n", true)]
    [TestCase("table ip x {\n}\ntable inet wgns {\n}\n", true)]
    [TestCase("table inet wgns {\n\tflags dormant\n\tchain c {\n\t}\n}\n", false)]
    [TestCase("table ip x {\n\tflags dormant\n}\ntable inet wgns {\n\tchain c {\n\t\ttcp flags syn accept\n\t}\n}\n", true)]
    [TestCase("table inet wgns2 {\n}\n", false)]
    [TestCase("table ip x {\n\tcomment \"table inet wgns {\"\n}\n", false)]
    [TestCase("", false)]
    public void A_listing_tells_whether_a_table_is_there_and_in_force(string listing, bool isThere) =>
        RulesListing.Stands(listing, DefaultRuleset.Table).Should().Be(isThere);

    [TestCase("")]
    [TestCase("\t\tflags interval\n\t\tauto-merge\n")]
    [TestCase("\t\tcomment \"flags dynamic\"\n")]
    public void An_element_that_only_a_hand_changes_is_part_of_the_rules(string flags)
    {
        var listing = Listing(flags, Elements);

        RulesListing.Lasting(listing).Should().Be(listing);
        RulesListing.Loadable(listing).Should().Be(listing);
    }

    [TestCase("\t\tsize 100\n\t\tflags dynamic,timeout\n\t\ttimeout 1m\n")]
    [TestCase("\t\tflags dynamic\n")]
    public void An_element_that_a_packet_adds_is_no_part_of_them(string flags)
    {
        RulesListing.Lasting(Listing(flags, Elements)).Should().Be(Listing(flags, string.Empty));
        RulesListing.Loadable(Listing(flags, Elements)).Should().Be(Listing(flags, string.Empty));
    }

    [Test]
    public void An_element_that_time_takes_away_is_no_drift_and_yet_is_put_back()
    {
        var listing = Listing("\t\tflags interval,timeout\n", Elements);

        RulesListing.Lasting(listing).Should().Be(Listing("\t\tflags interval,timeout\n", string.Empty));
        RulesListing.Loadable(listing).Should().Be(listing);
    }

    [TestCase("")]
    [TestCase("table inet wgns { }")]
    [TestCase("table inet wgns {\n}\n")]
    public void What_has_no_set_stays_as_it_is(string listing) => RulesListing.Lasting(listing).Should().Be(listing);
}
