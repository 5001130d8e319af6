using Wgns.Supervision;

namespace Wgns.Tests.Supervision;

public sealed class BackoffTests
{
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    [TestCase(0, 0)]
    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(6, 32)]
    [TestCase(7, 60)]
    [TestCase(int.MaxValue, 60)]
    public void Pauses_double_up_to_the_longest(int failures, int seconds) =>
        Pauses.After(failures).Should().Be(TimeSpan.FromSeconds(seconds));
}
