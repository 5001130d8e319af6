using Wgns.Linux.Processes;

namespace Wgns.Tests.Linux.Processes;

public sealed class StandbyThreadTests
{
    [Test]
    public void It_does_one_thing_after_another_in_their_order_on_one_thread()
    {
        using var thread = new StandbyThread("test");
        var done = new List<(int Number, int Thread)>();
        for (var i = 0; i < 100; i++)
        {
            var number = i;
            thread.Begin(() => done.Add((number, Environment.CurrentManagedThreadId)));
        }

        thread.Await();
        done.Select(d => d.Number).Should().Equal(Enumerable.Range(0, 100));
        done.Select(d => d.Thread).Distinct().Should().ContainSingle().Which.Should().NotBe(Environment.CurrentManagedThreadId);
    }

    [Test]
    public void What_it_throws_is_thrown_once_where_it_is_waited_for_and_it_goes_on()
    {
        using var thread = new StandbyThread("test");
        thread.Begin(() => throw new InvalidDataException("of the body"));
        var act = thread.Await;
        act.Should().Throw<InvalidDataException>().WithMessage("of the body");
        act.Should().NotThrow();
        var isDone = false;
        thread.Begin(() => isDone = true);
        thread.Await();
        isDone.Should().BeTrue();
    }

    [Test]
    public void What_was_begun_is_done_though_it_is_disposed_of_at_once()
    {
        var done = 0;
        for (var i = 0; i < 200; i++)
        {
            using var thread = new StandbyThread("test");
            thread.Begin(() => Interlocked.Increment(ref done));
        }

        done.Should().Be(200);
    }

    [Test]
    public void It_ends_after_what_it_is_at()
    {
        using var go = new ManualResetEventSlim();
        var isDone = false;
        using (var thread = new StandbyThread("test"))
        {
            thread.Begin(() =>
            {
                go.Wait();
                isDone = true;
            });
            go.Set();
        }

        isDone.Should().BeTrue();
    }
}
