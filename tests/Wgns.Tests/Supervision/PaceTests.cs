using Wgns.Supervision;

namespace Wgns.Tests.Supervision;

public sealed class PaceTests
{
    [Test]
    public void Left_in_peace_it_looks_once_a_minute()
    {
        var pace = new Pace(At(0));
        pace.Next.Should().Be(At(60));
        pace.Looked(At(60), hadToAct: false);
        pace.Next.Should().Be(At(120));
    }

    [Test]
    public void A_change_is_looked_at_a_moment_after_its_first_notification()
    {
        var pace = new Pace(At(0));
        pace.Told(At(5));
        pace.Told(At(5.08));
        pace.Next.Should().Be(At(5.1));
        pace.IsDue(At(5.09)).Should().BeFalse();
        pace.IsDue(At(5.1)).Should().BeTrue();
        pace.Looked(At(5.2), hadToAct: false);
        pace.Next.Should().Be(At(65.2));
    }

    [Test]
    public void Against_somebody_who_keeps_on_changing_it_acts_ever_more_seldom()
    {
        var pace = new Pace(At(0));
        List<double> pauses = [];
        var now = At(1);
        for (var i = 0; i < 10; i++)
        {
            pace.Looked(now, hadToAct: true);
            pace.Told(now);
            pauses.Add((pace.Next - now).TotalSeconds);
            now = pace.Next;
        }

        pauses.Should().Equal(0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60);
    }

    [Test]
    public void After_a_minute_of_peace_it_is_quick_again()
    {
        var pace = new Pace(At(0));
        pace.Looked(At(1), hadToAct: true);
        pace.Looked(At(2), hadToAct: true);
        pace.Looked(At(63), hadToAct: false);
        pace.Told(At(64));
        pace.Next.Should().Be(At(64.1));
        pace.Looked(At(64.1), hadToAct: true);
        pace.Told(At(64.2));
        pace.Next.Should().Be(At(64.6));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
