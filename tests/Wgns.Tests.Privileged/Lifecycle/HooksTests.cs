namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>[hooks] against real shells and namespaces.</summary>
[Category("UserNamespace")]
public sealed class HooksTests
{
    [Test]
    public void They_run_in_their_networks_with_two_variables_and_no_secret()
    {
        using var lab = new Lab();
        var log = Path.Combine(lab.Directory, "log");
        var line = $"echo $WGNS_NAMESPACE $WGNS_INTERFACE $(readlink /proc/self/ns/net) $(ls /sys/class/net >/dev/null; ip -br link show dev {lab.Name} 2>/dev/null | wc -l) >> {log}; env >> {log}.env";
        lab.Extra = $"hooks.preUp = [{{ command = '{line}' }}]\nhooks.postUp = [{{ command = '{line}' }}, {{ command = '{line}', where = 'host' }}]\nhooks.postDown = [{{ command = '{line}' }}]";
        lab.Save();

        lab.Up();
        var inside = $"net:[{TestNetns.Run("stat", "-L", "-c", "%i", $"/run/netns/{lab.Name}").Trim()}]";
        var sleeper = lab.Enter("sleep", "100");
        Until.True(() => Machine.Link($"/proc/{sleeper.Pid}/ns/net") == inside).Should().BeTrue();
        lab.ShouldBeSettled();
        File.ReadAllLines(log).Should().Equal(
            $"{lab.Name} {lab.Name} {inside} 0", $"{lab.Name} {lab.Name} {inside} 1", $"{lab.Name} {lab.Name} {Machine.Link("/proc/self/ns/net")} 0");
        File.ReadAllText(log + ".env").Should().NotContain(lab.Key);
        File.ReadLines(log + ".env").Select(l => l.Split('=')[0]).Distinct()
            .Should().BeSubsetOf(["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PWD", "SHLVL", "_", "OLDPWD", "WGNS_NAMESPACE", "WGNS_INTERFACE"]);

        File.Delete(lab.Config);
        lab.TryDown("--force").Exit.Should().Be(0);
        File.ReadAllLines(log).Should().HaveCount(4).And.EndWith($"{lab.Name} {lab.Name} {inside} 0");
    }

    [TestCase("preUp")]
    [TestCase("postUp")]
    public void One_that_fails_on_the_way_up_leaves_nothing_and_says_its_last_words(string key)
    {
        using var lab = new Lab();
        lab.Extra = $"hooks.{key} = [{{ command = 'echo this is why >&2; exit 3' }}]";
        lab.Save();

        var answer = lab.TryUp();

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain($"the {key} hook").And.Contain("ended with status 3: this is why");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void One_that_fails_on_the_way_down_is_said_and_everything_goes_all_the_same()
    {
        using var lab = new Lab();
        lab.Extra = "hooks.preDown = [{ command = 'exit 4' }]";
        lab.Save();
        lab.Up();

        var answer = lab.TryDown();

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("the preDown hook `exit 4` ended with status 4");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void What_a_hook_leaves_in_the_background_keeps_nobody_waiting()
    {
        using var lab = new Lab();
        lab.Extra = "hooks.postUp = [{ command = 'sleep 30 & echo $! > " + lab.Directory + "/pid', where = 'host' }]";
        lab.Save();

        var clock = System.Diagnostics.Stopwatch.StartNew();
        lab.Up();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
        Tool.Run("kill", File.ReadAllText(Path.Combine(lab.Directory, "pid")).Trim());
    }
}
