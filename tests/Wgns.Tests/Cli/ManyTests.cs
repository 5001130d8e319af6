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
}
