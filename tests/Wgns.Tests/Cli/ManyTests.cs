using Wgns.Cli;
using Wgns.Cli.Commands;

namespace Wgns.Tests.Cli;

/// <summary>Commands on several namespaces.</summary>
public sealed class ManyTests
{
    [Test]
    public void All_are_run_at_once_and_a_failure_stops_no_other()
    {
        using var together = new Barrier(4);
        var all = Enumerable.Range(0, 4).Select(i => ($"n{i}", (Func<int>)(() =>
        {
            together.SignalAndWait(TimeSpan.FromSeconds(30)).Should().BeTrue("each waits for the others");
            return i == 2 ? throw new OperationFailedException("it failed") : i == 3 ? ExitStatus.Usage : ExitStatus.Done;
        }))).ToList();

        Many.Run(all, "up").Should().Be(ExitStatus.Failed);
    }

    [Test]
    public void Of_one_alone_the_status_is_its_own() =>
        Many.Run([("a", () => ExitStatus.Usage)], "up").Should().Be(ExitStatus.Usage);

    [Test]
    public void After_an_interruption_no_other_is_begun()
    {
        var begun = 0;
        var all = Enumerable.Range(0, 50).Select(i => ($"n{i}", (Func<int>)(() =>
        {
            Interlocked.Increment(ref begun);
            return ExitStatus.Interrupted;
        }))).ToList();

        Many.Run(all, "up").Should().Be(ExitStatus.Interrupted);

        begun.Should().BeLessThanOrEqualTo(8);
    }

    [Test]
    public void Answers_come_in_the_order_of_the_questions() =>
        Many.Each(Enumerable.Range(0, 100).ToList(), n => n * 2).Should().Equal(Enumerable.Range(0, 100).Select(n => n * 2));

    [Test]
    public void What_comes_after_others_waits_for_them_also_where_they_fail_and_the_rest_does_not_wait()
    {
        var done = new List<int>();
        using var gate = new ManualResetEventSlim();
        var all = Enumerable.Range(0, 4).Select(i => ($"n{i}", (Func<int>)(() =>
        {
            if (i == 3)
            {
                gate.Set();
            }
            else if (i == 2)
            {
                gate.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue("the fourth comes after nobody");
            }

            lock (done)
            {
                done.Add(i);
            }

            return i == 1 ? ExitStatus.Failed : ExitStatus.Done;
        }))).ToList();

        Many.Run(all, "up", [[1], [2], [], []]).Should().Be(ExitStatus.Failed);

        done.Where(i => i != 3).Should().Equal(2, 1, 0);
    }

    [Test]
    public void A_ring_is_run_all_the_same() =>
        Many.Each(Enumerable.Range(0, 3).ToList(), n => n, [[1], [2], [0]]).Should().Equal(0, 1, 2);

    [TestCase("birth")]
    [TestCase("/run/netns/birth")]
    [TestCase("/run/netns/./birth")]
    [TestCase("/run//netns/../netns/birth")]
    [TestCase("/var/run/netns/birth")]
    public void A_birthplace_is_found_among_those_that_are_made_however_it_is_written(string written)
    {
        Asked[] all = [new("a.toml", "inner", true, Shared.Runtime.NetnsPlace(written), null), new("b.toml", "birth", true, null, null), new("c.toml", "birthday", true, null, null)];

        Asked.Births(all)[0].Should().Equal(1);
        Asked.Dependants(all)[1].Should().Equal(0);
    }
}
