namespace Wgns.Tests.Privileged.Rootless;

/// <summary>A command of `wgns run` that is stopped, as jobs of a shell are, on a terminal of script(1)'s.</summary>
public sealed class StopTests
{
    /// <summary>A shell makes itself a group of its own and gives it the terminal, which with it stopped nobody reads any more.</summary>
    [Test]
    public void A_shell_inside_that_is_suspended_gives_the_terminal_back_and_gets_it_again_when_it_goes_on()
    {
        using var lab = new Lab();
        using var shell = Shell();
        shell.Say($"'{Cli.Binary}' run '{lab.Config}' -- bash --norc --noediting -i");
        Ask(shell, "inside", lab.Name);

        // Twice: the second time it has been given the terminal by us.
        for (var i = 0; i < 2; i++)
        {
            var stops = Stops(shell);
            shell.Say("suspend -f");
            Until.True(() => Stops(shell) > stops).Should().BeTrue("the shell outside is to see that its job is stopped: {0}", shell.Lines());
            Ask(shell, $"outside{Person.Text(i)}-", string.Empty);
            shell.Say("fg");
            Ask(shell, $"again{Person.Text(i)}-", lab.Name);
        }

        shell.Say("exit 7").Say("printf '\\nstatus%s\\n' $?").Hear("status7");
        shell.End("exit\n").Exit.Should().Be(0);
    }

    /// <summary>It makes itself a group of its own, and gives it no terminal, as timeout(1) does.</summary>
    [Test]
    public void Continued_in_the_background_it_is_given_no_terminal_and_stops_again_when_it_wants_that()
    {
        using var lab = new Lab();
        using var shell = Shell();
        shell.Say($"'{Cli.Binary}' run '{lab.Config}' -- perl -e 'setpgrp; print <STDIN>'");
        Until.True(() => Stops(shell) > 0, 20).Should().BeTrue("it reads where it has no terminal: {0}", shell.Lines());

        shell.Say("bg");
        Ask(shell, "outside", string.Empty);
        Until.True(() => Tool.Ask("pgrep", "-f", "-r", "T", $"run {lab.Config}").Exit == 0).Should().BeTrue("it reads again: {0}", shell.Lines());
        Ask(shell, "still", string.Empty);

        shell.Say("kill -KILL %1");
        Ask(shell, "ended", string.Empty);
        shell.End("exit\n");
    }

    [Test]
    public void A_command_that_stops_itself_is_a_stopped_job_and_goes_on_with_it()
    {
        using var lab = new Lab();
        using var shell = Shell();
        shell.Say($"'{Cli.Binary}' run '{lab.Config}' -- sh -c 'kill -STOP $$; echo; echo went on; exit 5'");
        Until.True(() => Stops(shell) > 0, 20).Should().BeTrue("the shell outside is to see that its job is stopped: {0}", shell.Lines());
        Ask(shell, "outside", string.Empty);
        shell.Lines().Split('\n').Select(l => l.Trim()).Should().NotContain("went on", "both stand still until the job goes on");

        shell.Say("fg").Hear("went on");

        shell.Say("printf '\\nstatus%s\\n' $?").Hear("status5");
    }

    /// <summary>With the terminal's first process nobody would see that it is stopped, nor continue it.</summary>
    [Test]
    public void Where_no_shell_started_it_a_command_that_is_stopped_and_continued_is_waited_for_as_before()
    {
        using var lab = new Lab();
        using var running = Within.Start(
            null, "script", "-qefc", $"exec '{Cli.Binary}' run '{lab.Config}' -- sh -c 'echo pid $$; kill -STOP $$; echo went on; exit 5'", "/dev/null");
        var pid = running.Hear("pid ")[4..].Trim();
        Until.True(() => File.ReadAllText($"/proc/{pid}/stat").Contains(") T ", StringComparison.Ordinal)).Should().BeTrue();
        Thread.Sleep(500);

        Tool.Run("kill", "-CONT", pid);

        running.Hear("went on");
        Until.True(() => running.HasEnded).Should().BeTrue("what stands for it runs");
        running.End().Exit.Should().Be(5);
    }

    private static Running Shell() => Within.Start(null, "script", "-qefc", "bash --norc --noediting -i", "/dev/null");

    private static int Stops(Running shell) => shell.Lines().Split("Stopped").Length - 1;

    /// <summary>Has whoever reads from the terminal say in which namespace it is. What the terminal echoes is not the answer.</summary>
    private static void Ask(Running shell, string word, string name) =>
        shell.Say($"echo; echo {word}$((1+1)):$WGNS_NAMESPACE:").Hear($"{word}2:{name}:");
}
