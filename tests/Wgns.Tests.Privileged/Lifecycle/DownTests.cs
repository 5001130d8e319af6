using System.Globalization;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>Taking down, with and without somebody inside.</summary>
[Category("UserNamespace")]
public sealed class DownTests
{
    /// <summary>A shell inside that tries to talk whenever it is told to.</summary>
    private const string Talker = """
        echo ready
        while read -r word; do
            if exec 3<>/dev/tcp/10.99.0.1/7; then
                echo "$word" >&3
                read -r -t 5 -u 3 answer
                echo "got $answer"
                exec 3>&-
            else
                echo "failed $word"
            fi
        done 2>/dev/null
        """;

    [Test]
    public void Down_leaves_nothing()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        lab.Down().Should().Contain("is down");
        lab.Leftovers().Should().BeEmpty();
        lab.Down().Should().Contain("nothing to do");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Down_by_the_configurations_path_works_also_where_the_configuration_is_wrong_by_now()
    {
        using var lab = new Lab();
        lab.Up();
        File.AppendAllText(lab.Config, "nonsense = 1\n");
        Cli.Do("down", lab.Config);
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void With_processes_inside_the_tunnel_closes_the_namespace_stays_and_a_later_up_gives_them_the_network_back()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        var inside = lab.Enter("bash", "-c", Talker);
        inside.Hear("ready");
        inside.Say("one").Hear("got one");
        var rules = Machine.Ruleset(lab.Name);
        var netns = Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{lab.Name}");

        var down = lab.TryDown();
        down.Exit.Should().Be(1);
        down.Errors.Should().Contain($"bash ({inside.Pid})").And.Contain("--force");
        Machine.Engines(lab.Name).Should().BeEmpty();
        Machine.Links("-j", "-n", lab.Name).Should().Equal("lo");
        Machine.Ruleset(lab.Name).Should().Be(rules);
        File.Exists(lab.ResolvConf).Should().BeTrue();
        lab.Status().GetProperty("state").GetString().Should().Be("closed");
        Cli.Do("list").Should().MatchRegex($"(?m)^{lab.Name} +closed");

        // What was under way when the tunnel went has arrived by now; from here on there must be silence.
        var seen = Quiet(lab.Provider!);
        inside.Say("two").Hear("failed two");
        lab.Provider!.Seen.Should().Be(seen);
        inside.HasEnded.Should().BeFalse();

        lab.Up("--wait");
        inside.Say("three").Hear("got three");
        Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{lab.Name}").Should().Be(netns);
        lab.ShouldBeSettled();
    }

    [Test]
    public void Down_after_the_last_process_has_ended_takes_the_closed_namespace_away()
    {
        using var lab = new Lab();
        lab.Up();
        var inside = lab.Enter("sleep", "1000");
        Until.True(() => File.ReadAllText($"/proc/{inside.Pid}/comm").Trim() == "sleep").Should().BeTrue();
        lab.TryDown().Exit.Should().Be(1);
        lab.TryDown().Exit.Should().Be(1, "the process is still there");
        inside.Dispose();
        lab.Down();
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Force_takes_the_name_away_and_the_process_stays_in_the_closed_namespace()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        var inside = lab.Enter("bash", "-c", Talker);
        inside.Hear("ready");
        inside.Say("one").Hear("got one");
        lab.Down("--force");
        lab.Leftovers().Should().BeEmpty();
        var seen = Quiet(lab.Provider!);
        inside.Say("two").Hear("failed two");
        lab.Provider!.Seen.Should().Be(seen);
        Within.Run($"/proc/{inside.Pid}/ns/net", "nft", "list", "ruleset").Should().Contain("policy drop");
    }

    [Test]
    public void Down_ends_an_engine_that_does_not_answer_any_more()
    {
        using var lab = new Lab();
        lab.Up();
        var engine = Machine.Engine(lab.Name).ToString(CultureInfo.InvariantCulture);
        Tool.Run("kill", "-STOP", engine);
        try
        {
            lab.Down();
        }
        finally
        {
            Tool.Ask("kill", "-CONT", engine);
        }

        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Down_works_where_the_netns_and_the_files_are_gone_already()
    {
        using var lab = new Lab();
        lab.Up();
        Tool.Run("ip", "netns", "delete", lab.Name);
        File.Delete(lab.ResolvConf);
        lab.Down();
        lab.Leftovers().Should().BeEmpty();
    }

    private static long Quiet(Provider provider)
    {
        var seen = provider.Seen;
        Until.True(() =>
        {
            Thread.Sleep(300);
            var before = seen;
            seen = provider.Seen;
            return seen == before;
        }).Should().BeTrue("nobody may go on sending");
        return seen;
    }
}
