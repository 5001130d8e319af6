using Wgns.Linux.Files;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>Commands at the same time on one namespace.</summary>
[Category("UserNamespace")]
public sealed class ConcurrencyTests
{
    [Test]
    public void Two_ups_at_once_make_one_namespace_with_one_engine()
    {
        using var lab = new Lab();
        string[] up = ["up", "--verbose", lab.Config];
        var answers = Together(lab, up, up);
        answers.Should().OnlyContain(a => a.Exit == 0);
        answers.Select(a => a.Output).Should().ContainSingle(
            o => o.Contains("nothing to do", StringComparison.Ordinal), "they did: {0}", string.Join("\n", answers.Select(a => a.Words)));
        lab.Remember();
        Machine.Engines(lab.Name).Should().ContainSingle();
        lab.ShouldBeSettled();
    }

    [Test]
    public void Ups_and_downs_at_once_follow_one_another_and_end_in_one_of_both_states()
    {
        for (var round = 0; round < 3; round++)
        {
            using var lab = new Lab();
            string[] up = ["up", lab.Config], down = ["down", lab.Name];
            var answers = Together(lab, up, down, up, down, up, down);
            answers.Select(a => a.Errors).Should().OnlyContain(e => e.Length == 0);
            answers.Should().OnlyContain(a => a.Exit == 0);
            lab.Remember();
            if (Machine.StateOf(lab.Name) is null)
            {
                lab.Leftovers().Should().BeEmpty();
            }
            else
            {
                Machine.Engines(lab.Name).Should().ContainSingle();
                lab.ShouldBeSettled();
            }
        }
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    public void An_up_that_waits_for_another_one_says_so_and_ends_at_a_signal(string signal)
    {
        using var lab = new Lab();
        var path = RuntimePaths.System.Lock(lab.Name);
        using var held = FileLock.TryTake(path, TimeSpan.Zero);
        using var up = Cli.Start("up", lab.Config);
        Until.True(() => up.Lines().Contains("waiting for another wgns", StringComparison.Ordinal)).Should().BeTrue();

        up.Signal(signal);

        up.End().Exit.Should().NotBe(0);
        Machine.StateOf(lab.Name).Should().BeNull();
        held!.Unlink();
    }

    [Test]
    public void Looking_while_others_work_is_no_error()
    {
        using var lab = new Lab();
        using var stop = new CancellationTokenSource();
        var work = Task.Run(() =>
        {
            for (var i = 0; i < 6; i++)
            {
                lab.Up();
                lab.Down();
            }
        });
        while (!work.IsCompleted)
        {
            // Other namespaces of this machine may be what is degraded: only a failure to look is one.
            foreach (var verb in new[] { "list", "status" })
            {
                var answer = Cli.Run(verb);
                answer.Errors.Should().BeEmpty("wgns {0}", verb);
            }
        }

        work.GetAwaiter().GetResult();
    }

    private static List<Answer> Together(Lab lab, params string[][] commands)
    {
        var running = commands.Select(c => lab.Own(Cli.Start(c))).ToList();
        return [.. running.Select(r => r.End())];
    }
}
