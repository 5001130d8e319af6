using System.Diagnostics;
using Wgns.Linux;
using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Privileged.Namespaces;

public sealed class NetnsThreadTests
{
    [Test]
    public void A_body_runs_inside_and_its_caller_stays_outside()
    {
        using var scratch = new ScratchNetns();
        using var before = Netns.OfThisThread();

        var inside = NetnsThread.Run(scratch.Netns.Fd, () =>
        {
            using var here = Netns.OfThisThread();
            return here.Identity;
        });

        using var after = Netns.OfThisThread();
        inside.Should().Be(scratch.Netns.Identity);
        after.Identity.Should().Be(before.Identity).And.NotBe(inside);
        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void What_a_body_throws_reaches_the_caller_with_its_stack()
    {
        using var scratch = new ScratchNetns();
        var act = () => NetnsThread.Run(scratch.Netns.Fd, Fail);
        act.Should().Throw<InvalidDataException>().Which.StackTrace.Should().Contain(nameof(Fail));
        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void A_body_that_allocates_until_garbage_is_collected_leaves_no_thread_behind()
    {
        using var scratch = new ScratchNetns();
        var collections = NetnsThread.Run(scratch.Netns.Fd, () =>
        {
            var before = GC.CollectionCount(2);
            var kept = new List<byte[]>();
            for (var i = 0; i < 4000; i++)
            {
                kept.Add(new byte[100_000]);
                if (kept.Count > 500)
                {
                    kept.Clear();
                }
            }

            GC.Collect();
            return GC.CollectionCount(2) - before;
        });
        collections.Should().BePositive();
        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void The_witness_sees_a_thread_that_does_stay()
    {
        using var scratch = new ScratchNetns();
        using var home = Netns.OfThisThread();
        using var go = new ManualResetEventSlim();
        using var there = new ManualResetEventSlim();
        var thread = new Thread(() => NetnsThread.Run(scratch.Netns.Fd, () =>
        {
            there.Set();
            go.Wait();
        }));
        thread.Start();
        there.Wait();
        Threads.Strangers(home.Identity.ToString()).Should().ContainSingle();
        go.Set();
        thread.Join();
        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void A_file_that_is_no_namespace_cannot_be_entered()
    {
        using var file = new OwnedFd(Libc.openat(Libc.AT_FDCWD, "/etc/hostname", Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        var act = () => NetnsThread.Run(file, () => 0);
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EINVAL);
    }

    [Test]
    public void A_hundred_visits_leave_nobody_behind_and_take_little_time()
    {
        using var scratch = new ScratchNetns();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 100; i++)
        {
            NetnsThread.Run(scratch.Netns.Fd, () => { });
        }

        TestContext.Out.WriteLine($"one visit: {clock.Elapsed.TotalMicroseconds / 100:F0} us");
        new ProcessSurvey().Inside(scratch.Netns.Identity).Should().BeEmpty();
        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void A_program_of_its_own_has_every_thread_at_home_after_work_inside()
    {
        using var scratch = new ScratchNetns();
        var home = Tool.Run("readlink", "/proc/self/ns/net").Trim();
        Tool.Run(BecomeTool.Path, "threads", scratch.Name).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Distinct().Should().Equal(home);
    }

    [Test]
    public void One_that_stands_by_is_the_same_for_all_bodies_and_at_home_between_them()
    {
        using var one = new ScratchNetns();
        using var other = new ScratchNetns();
        using (NetnsThread.Standby())
        {
            var first = Visit(one);
            Threads.AllShouldBeAtHome();
            using (NetnsThread.Standby())
            {
                Visit(other).Should().Be((other.Netns.Identity, first.Thread));
            }

            var act = () => NetnsThread.Run(one.Netns.Fd, Fail);
            act.Should().Throw<InvalidDataException>();
            Visit(one).Should().Be(first);
        }

        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void A_body_that_has_another_run_waits_for_a_thread_that_is_not_its_own()
    {
        using var one = new ScratchNetns();
        using var other = new ScratchNetns();
        using var standby = NetnsThread.Standby();
        NetnsThread.Run(one.Netns.Fd, () => (Visit(other).Netns, Here())).Should().Be((other.Netns.Identity, one.Netns.Identity));
    }

    [Test]
    public void One_that_stands_by_ends_with_its_scope()
    {
        var before = Standing();
        using (NetnsThread.Standby())
        {
            Standing().Should().Be(before + 1);
        }

        Until.True(() => Standing() == before).Should().BeTrue();
    }

    private static int Standing() =>
        Directory.GetDirectories("/proc/self/task").Count(t => File.Exists(t + "/comm") && File.ReadAllText(t + "/comm") == "netns\n");

    private static (NetnsIdentity Netns, int Thread) Visit(ScratchNetns scratch) =>
        NetnsThread.Run(scratch.Netns.Fd, () => (Here(), Environment.CurrentManagedThreadId));

    private static NetnsIdentity Here()
    {
        using var here = Netns.OfThisThread();
        return here.Identity;
    }

    private static int Fail() => throw new InvalidDataException("from inside");
}
