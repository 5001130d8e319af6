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
        var inside = $"net:[{Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{lab.Name}").Trim()}]";
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
    public void They_succeed_where_who_called_ignores_SIGCHLD()
    {
        using var lab = new Lab { Extra = "hooks.postUp = [{ command = 'exit 0' }]" };
        lab.Save();
        using var run = new Running("env", ["--ignore-signal=CHLD", Cli.Binary, "up", lab.Config]);
        var answer = run.End();
        lab.Remember();
        answer.Exit.Should().Be(0, answer.Words);
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

    [TestCase("preDown")]
    [TestCase("postDown")]
    public void One_that_fails_on_the_way_down_does_not_hide_that_the_namespace_stays_closed_for_those_inside(string phase)
    {
        using var lab = new Lab();
        lab.Extra = $"hooks.{phase} = [{{ command = 'exit 4' }}]";
        lab.Save();
        lab.Up();
        using var inside = lab.Enter("sleep", "60");

        var answer = lab.TryDown();

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain($"the {phase} hook `exit 4` ended with status 4")
            .And.Contain($"{lab.Name} is closed, but stays for the processes inside: ")
            .And.NotContain("taken back");
        lab.Status().GetProperty("state").GetString().Should().Be("closed");
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

    [TestCase("INT")]
    [TestCase("TERM")]
    public void One_that_hangs_is_ended_by_a_signal_to_wgns_and_all_is_taken_back(string signal)
    {
        using var lab = new Lab();
        var (begun, undone) = (Path.Combine(lab.Directory, "begun"), Path.Combine(lab.Directory, "undone"));
        lab.Extra = $"hooks.postUp = [{{ command = 'trap : INT TERM; echo > {begun}; sleep 40; sleep 40' }}]\nhooks.postDown = [{{ command = 'sleep 1; echo > {undone}' }}]\nhooks.preUp = [{{ command = 'true' }}]";
        lab.Save();
        using var up = lab.Start("up", lab.Config);
        Until.True(() => File.Exists(begun)).Should().BeTrue();

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var answer = up.Signal(signal).End();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(15));
        answer.Exit.Should().Be(130);
        answer.Errors.Should().Contain("interrupted").And.Contain("was taken back");
        File.Exists(undone).Should().BeTrue("a hook of the way back is not interrupted");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void What_one_prints_without_end_fills_neither_the_machine_nor_the_message()
    {
        using var lab = new Lab();
        var size = Path.Combine(lab.Directory, "size");
        lab.Extra = $"hooks.postUp = [{{ command = 'head -c 50M /dev/zero; yes | head -c 50M; sleep 1; stat -L -c %s /proc/$$/fd/1 > {size}; printf \"%s\\nthis is why\\n\" \"$(head -c 100000 /dev/zero | tr \"\\000\" x)\"; exit 3' }}]";
        lab.Save();

        var answer = lab.TryUp();

        answer.Errors.Should().Contain("ended with status 3").And.Contain("this is why");
        answer.Errors.Length.Should().BeLessThan(3000);
        long.Parse(File.ReadAllText(size), System.Globalization.CultureInfo.InvariantCulture).Should().BeLessThan(2 << 20);
    }

    [Test]
    public void What_goes_on_to_print_in_the_background_fills_no_memory_and_is_not_ended_for_it()
    {
        using var lab = new Lab();
        lab.Extra = "hooks.postUp = [{ command = 'sh -c \"trap : PIPE; echo \\$\\$ > " + lab.Directory
            + "/pid; while ! [ -e " + lab.Directory + "/go ]; do sleep 0.1; done; head -c 30M /dev/zero; echo > " + lab.Directory + "/said; exec sleep 60\" &', where = 'host' }]";
        lab.Save();
        lab.Up();
        Until.True(() => File.Exists($"{lab.Directory}/pid")).Should().BeTrue();
        var pid = File.ReadAllText($"{lab.Directory}/pid").Trim();

        File.WriteAllText($"{lab.Directory}/go", string.Empty);

        Until.True(() => File.Exists($"{lab.Directory}/said"), 20).Should().BeTrue("nobody ends it");
        long.Parse(Tool.Run("stat", "-L", "-c", "%s", $"/proc/{pid}/fd/1"), System.Globalization.CultureInfo.InvariantCulture).Should().BeLessThan(2 << 20);
        Tool.Run("kill", pid);
    }

    [Test]
    public void One_that_hangs_in_a_supervised_start_is_ended_with_the_stop_and_all_is_taken_back()
    {
        using var lab = new Lab();
        var (begun, undone) = (Path.Combine(lab.Directory, "begun"), Path.Combine(lab.Directory, "undone"));
        lab.Extra = $"hooks.postUp = [{{ command = 'trap : INT TERM; echo > {begun}; sleep 40; sleep 40' }}]\nhooks.postDown = [{{ command = 'sleep 1; echo > {undone}' }}]\nhooks.preUp = [{{ command = 'true' }}]";
        lab.Save();
        using var supervised = lab.Start("supervise", lab.Config);
        Until.True(() => File.Exists(begun)).Should().BeTrue();

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var answer = supervised.Signal("TERM").End();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(15));
        answer.Exit.Should().Be(0, "it was asked to end");
        answer.Errors.Should().Contain("was interrupted").And.Contain("was taken back");
        File.Exists(undone).Should().BeTrue("a hook of the way back is not interrupted");
        lab.Leftovers().Should().BeEmpty();
    }
}
