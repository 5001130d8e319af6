namespace Wgns.Tests.Privileged.Firewall;

/// <summary>What a file does that extraFirewallRules includes is in nobody's sight before it is loaded.</summary>
[Category("UserNamespace")]
public sealed class IncludedRulesTests
{
    [TestCase("flush ruleset")]
    [TestCase("delete table inet wgns")]
    [TestCase("table inet wgns { flags dormant; }")]
    public void A_file_that_throws_the_default_rules_away_is_an_error_and_nothing_is_left(string rules)
    {
        using var lab = new Lab();
        Include(lab, rules);

        var answer = lab.TryUp();

        answer.Exit.Should().Be(2);
        answer.Errors.Should().Contain("an included file throws table inet wgns away");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void A_file_of_other_rules_is_loaded()
    {
        using var lab = new Lab();
        Include(lab, "table inet mine { }");
        lab.Up();

        Tables(lab).Should().Equal("table inet wgns", "table inet mine");
        lab.ShouldBeSettled();
    }

    [Test]
    public void A_file_that_is_another_one_when_it_is_loaded_changes_nothing()
    {
        using var lab = new Lab();
        lab.Up();
        var file = Path.Combine(lab.Directory, "rules.nft");
        Tool.Run("mkfifo", file);
        lab.Rules = $"include \"{file}\"";
        lab.Save();

        // The check reads it first, then the load; the pause lets the first come to its end.
        using var writer = new Running("sh", ["-c", "echo 'table inet mine { }' >$0; sleep 0.5; echo 'flush ruleset' >$0", file]);
        var answer = lab.TryUp();

        writer.End().Exit.Should().Be(0);
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("throws table inet wgns away; the rules before it are loaded again");
        Tables(lab).Should().Equal("table inet wgns");
        lab.Rules = string.Empty;
        lab.Save();
        lab.ShouldBeSettled();
    }

    private static void Include(Lab lab, string rules)
    {
        var file = Path.Combine(lab.Directory, "rules.nft");
        File.WriteAllText(file, rules + "\n");
        lab.Rules = $"include \"{file}\"";
        lab.Save();
    }

    private static string[] Tables(Lab lab) =>
        Tool.Run("ip", "netns", "exec", lab.Name, "nft", "list", "tables").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
