using FsCheck;
using FsCheck.Fluent;
using Wgns.WireGuard.Sessions;

namespace Wgns.Tests.WireGuard.Sessions;

public sealed class ReplayWindowTests
{
    [Test]
    public void Each_counter_is_taken_once_while_it_is_young_enough_as_by_a_set()
    {
        var steps = Gen.OneOf(Gen.Choose(-3, 5), Gen.Choose(-9000, 9000), Gen.Choose(-130, 130), Gen.Choose(0, 100000)).ArrayOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(400).WithReplay(3, 5), Prop.ForAll(steps.ToArbitrary(), moves =>
        {
            var window = new ReplayWindow();
            var seen = new HashSet<ulong>();
            var at = 0L;
            var greatest = 0UL;
            foreach (var move in moves)
            {
                at = Math.Max(0, at + move);
                var counter = (ulong)at;
                var tooOld = greatest >= ReplayWindow.Size && counter <= greatest - ReplayWindow.Size;
                if (window.TryAccept(counter) != (!tooOld && seen.Add(counter)))
                {
                    return false;
                }

                greatest = Math.Max(greatest, counter);
            }

            return true;
        }));
    }

    [Test]
    public void The_first_counter_may_be_any_and_a_leap_forgets_what_was()
    {
        foreach (var first in new ulong[] { 0, 1, 63, 64, 8127, 8128, 8129, ulong.MaxValue - 9000, ulong.MaxValue })
        {
            var window = new ReplayWindow();
            window.TryAccept(first).Should().BeTrue();
            window.TryAccept(first).Should().BeFalse();
        }

        var leaping = new ReplayWindow();
        for (var counter = 0UL; counter < 1UL << 62; counter = (counter * 3) + 1)
        {
            leaping.TryAccept(counter).Should().BeTrue();
            leaping.TryAccept(counter).Should().BeFalse();
        }
    }

    [Test]
    public void A_whole_window_backwards_is_taken_once_and_no_more()
    {
        var window = new ReplayWindow();
        const ulong greatest = 1_000_000;
        for (var back = 0UL; back < ReplayWindow.Size; back++)
        {
            window.TryAccept(greatest - back).Should().BeTrue();
        }

        for (var back = 0UL; back < ReplayWindow.Size + 500; back++)
        {
            window.TryAccept(greatest - back).Should().BeFalse();
        }
    }
}
