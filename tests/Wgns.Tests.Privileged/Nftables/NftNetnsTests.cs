using System.Diagnostics;
using System.Text;
using Wgns.Linux.Nftables;

namespace Wgns.Tests.Privileged.Nftables;

public sealed class NftNetnsTests
{
    private const string Ruleset = """
        table inet wgns {
            chain input {
                type filter hook input priority filter; policy drop;
                ct state established,related accept
                iifname "lo" counter accept
            }
            chain output {
                type filter hook output priority filter; policy drop;
                oifname "wg0" accept
            }
        }
        """;

    [Test]
    public void Rules_loaded_here_are_the_rules_nft_lists_there_and_nowhere_else()
    {
        using var scratch = new ScratchNetns();
        var clock = Stopwatch.StartNew();
        NftNetns.Load(scratch.Netns.Fd, Ruleset).Succeeded.Should().BeTrue();
        TestContext.Out.WriteLine($"first load: {clock.Elapsed.TotalMilliseconds:F1} ms");
        clock.Restart();
        NftNetns.Load(scratch.Netns.Fd, "flush ruleset\n" + Ruleset).Succeeded.Should().BeTrue();
        TestContext.Out.WriteLine($"second load: {clock.Elapsed.TotalMilliseconds:F1} ms");

        var listed = Tool.Run("ip", "netns", "exec", scratch.Name, "nft", "-j", "list", "ruleset");
        listed.Should().Contain("\"table\": {\"family\": \"inet\", \"name\": \"wgns\"").And.Contain("\"policy\": \"drop\"");
        Tool.Run("nft", "list", "ruleset").Should().NotContain("table inet wgns {", "the host link of another test has one of a longer name");
        NftNetns.List(scratch.Netns.Fd).Output.Should()
            .Be(Tool.Run("ip", "netns", "exec", scratch.Name, "nft", "list", "ruleset"));
        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void A_stateless_listing_is_the_same_after_packets_were_counted()
    {
        using var scratch = new ScratchNetns();
        Tool.Run("ip", "-n", scratch.Name, "link", "set", "lo", "up");
        NftNetns.Load(scratch.Netns.Fd, Ruleset + "\nadd rule inet wgns output oifname \"lo\" counter accept").Succeeded.Should().BeTrue();
        var before = (NftNetns.List(scratch.Netns.Fd).Output, NftNetns.List(scratch.Netns.Fd, NftListing.Stateless).Output);
        Tool.Run("ip", "netns", "exec", scratch.Name, "bash", "-c", "echo > /dev/udp/127.0.0.1/9");
        var after = (NftNetns.List(scratch.Netns.Fd).Output, NftNetns.List(scratch.Netns.Fd, NftListing.Stateless).Output);
        after.Item1.Should().NotBe(before.Item1);
        after.Item2.Should().Be(before.Item2).And.Contain("counter").And.NotContain("packets");
    }

    [Test]
    public void A_terse_listing_has_no_elements_and_a_json_one_is_json()
    {
        using var scratch = new ScratchNetns();
        NftNetns.Load(scratch.Netns.Fd, "table inet t { set s { type ipv4_addr; elements = { 192.0.2.1 }; }; }")
            .Succeeded.Should().BeTrue();
        NftNetns.List(scratch.Netns.Fd, NftListing.Terse).Output.Should().Contain("set s").And.NotContain("192.0.2.1");
        NftNetns.List(scratch.Netns.Fd, NftListing.Json).Output.Should().StartWith("{\"nftables\":");
        NftNetns.List(scratch.Netns.Fd, what: "table inet absent").Succeeded.Should().BeFalse();
    }

    [Test]
    public void Nothing_of_a_text_with_one_mistake_is_loaded_and_the_mistake_has_its_place()
    {
        using var scratch = new ScratchNetns();
        var result = NftNetns.Load(scratch.Netns.Fd, Ruleset + "\ntable inet more {\n\tchain c {\n\t\tjump nowhere\n\t}\n}\n");
        result.Succeeded.Should().BeFalse();
        var error = result.Errors.Should().ContainSingle().Subject;
        (error.File, error.Line, error.Column, error.EndColumn).Should().Be((null, 14, 8, 14));
        error.Message.Should().StartWith("No such file or directory; did you mean chain");
        error.Source.Should().Be("\t\tjump nowhere");
        result.ErrorText.Should().Contain("<ruleset>:14:8-14: Error:").And.Contain("^^^^^^^");
        NftNetns.List(scratch.Netns.Fd).Output.Should().BeEmpty();
    }

    [Test]
    public void Every_mistake_is_reported_at_once()
    {
        var result = NftNetns.Check("table inet t {\n chain c {\n  ip saddr 300.1.1.1 drop\n  tcp dport 99999 accept\n  iif \"nodev\" drop\n }\n}\n");
        result.Errors.Select(e => e.Line).Should().Equal(3, 4, 5);
    }

    [Test]
    public void A_check_loads_nothing_and_needs_no_namespace_of_ours()
    {
        NftNetns.Check(Ruleset).Should().Match<NftResult>(r => r.Succeeded && r.Errors.IsEmpty && r.ErrorText == "");
        NftNetns.Check("").Succeeded.Should().BeTrue();
        using var scratch = new ScratchNetns();
        NftNetns.Check(scratch.Netns.Fd, Ruleset).Succeeded.Should().BeTrue();
        NftNetns.Check(scratch.Netns.Fd, "add rule inet wgns output accept").Succeeded.Should().BeFalse();
        NftNetns.List(scratch.Netns.Fd).Output.Should().BeEmpty();
        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void Names_of_interfaces_are_those_of_the_namespace_asked_and_not_of_the_one_before()
    {
        using var one = new ScratchNetns();
        using var two = new ScratchNetns();
        Tool.Run("ip", "-n", two.Name, "link", "add", "d9", "type", "veth", "peer", "name", "d8");
        const string Rule = "table inet t { chain c { iif \"d9\" drop; }; }";
        NftNetns.Load(one.Netns.Fd, Rule).Errors.Single().Message.Should().Be("Interface does not exist");
        NftNetns.Load(two.Netns.Fd, Rule).Succeeded.Should().BeTrue();
        NftNetns.Load(one.Netns.Fd, Rule).Succeeded.Should().BeFalse();
    }

    [Test]
    public void A_mistake_in_an_included_file_names_that_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "table inet t { }\ntabel inet t { }\n");
            var error = NftNetns.Check($"include \"{file}\"\n").Errors[0];
            (error.File, error.Line, error.Column).Should().Be((file, 2, 7)); // the word after the one that is wrong, as nft has it
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void Thousands_of_rules_load_and_leave_no_thread_behind()
    {
        using var scratch = new ScratchNetns();
        var text = new StringBuilder("table inet big {\n chain c {\n");
        for (var i = 0; i < 5000; i++)
        {
            text.Append("  ip daddr 10.").Append(i / 250).Append('.').Append(i % 250).Append(".0/24 counter drop\n");
        }

        var clock = Stopwatch.StartNew();
        NftNetns.Load(scratch.Netns.Fd, text.Append(" }\n}\n").ToString()).Succeeded.Should().BeTrue();
        TestContext.Out.WriteLine($"5000 rules: {clock.Elapsed.TotalMilliseconds:F0} ms");
        NftNetns.List(scratch.Netns.Fd).Output.Split('\n').Count(l => l.Contains("drop", StringComparison.Ordinal)).Should().Be(5000);
        Threads.AllShouldBeAtHome();
    }
}
