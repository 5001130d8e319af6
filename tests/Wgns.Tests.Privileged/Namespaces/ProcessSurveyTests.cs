using System.Diagnostics;
using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Privileged.Namespaces;

public sealed class ProcessSurveyTests
{
    [Test]
    public void Processes_inside_are_named_and_those_outside_are_not()
    {
        using var scratch = new ScratchNetns();
        new ProcessSurvey().Inside(scratch.Netns.Identity).Should().BeEmpty();
        using var sleeper = Sleeper(scratch);
        try
        {
            SpinWait.SpinUntil(
                () => new ProcessSurvey().Inside(scratch.Netns.Identity).Any(p => p.Command == "sleep"),
                TimeSpan.FromSeconds(5)).Should().BeTrue();
            new ProcessSurvey().Inside(scratch.Netns.Identity).Should().Equal(new InsideProcess(sleeper.Id, "sleep"));
            using var theirs = Netns.OfProcess(sleeper.Id)!;
            theirs.Identity.Should().Be(scratch.Netns.Identity);
        }
        finally
        {
            End(sleeper);
        }

        new ProcessSurvey().Inside(scratch.Netns.Identity).Should().BeEmpty();
    }

    [Test]
    public void Who_only_takes_a_look_is_not_inside()
    {
        using var scratch = new ScratchNetns();
        using var looking = Process.Start(new ProcessStartInfo(
            "bash", ["-c", "exec >/dev/null; echo; while true; do nsenter --net=/run/netns/" + scratch.Name + " true; done"]))!;
        try
        {
            for (var i = 0; i < 20; i++)
            {
                new ProcessSurvey().Inside(scratch.Netns.Identity).Should().BeEmpty();
            }
        }
        finally
        {
            End(looking);
        }
    }

    [Test]
    public void A_process_with_only_one_thread_inside_is_inside()
    {
        using var scratch = new ScratchNetns();
        const string Script = """
            import ctypes, threading, time, sys
            libc = ctypes.CDLL("libc.so.6")
            def inside():
                netns = open(sys.argv[1])
                libc.setns(netns.fileno(), 0)
                time.sleep(60)
            threading.Thread(target=inside, daemon=True).start()
            time.sleep(60)
            """;
        using var process = Process.Start(new ProcessStartInfo("python3", ["-c", Script, "/run/netns/" + scratch.Name]))!;
        try
        {
            SpinWait.SpinUntil(() => new ProcessSurvey().Inside(scratch.Netns.Identity).Length == 1, TimeSpan.FromSeconds(10))
                .Should().BeTrue();
            new ProcessSurvey().Inside(scratch.Netns.Identity).Single().Pid.Should().Be(process.Id);
        }
        finally
        {
            End(process);
        }
    }

    [Test]
    public void One_look_tells_of_all_namespaces()
    {
        using var one = new ScratchNetns();
        using var two = new ScratchNetns();
        using var first = Sleeper(one);
        using var second = Sleeper(two);
        try
        {
            SpinWait.SpinUntil(
                () => new ProcessSurvey().Inside(one.Netns.Identity).Any(p => p.Command == "sleep") && new ProcessSurvey().Inside(two.Netns.Identity).Any(p => p.Command == "sleep"),
                TimeSpan.FromSeconds(5)).Should().BeTrue();
            var survey = new ProcessSurvey();
            survey.Inside(one.Netns.Identity).Should().Equal(new InsideProcess(first.Id, "sleep"));
            using var third = Sleeper(two);
            try
            {
                survey.Inside(two.Netns.Identity).Should().Equal([new InsideProcess(second.Id, "sleep")], "the third came after the look");
            }
            finally
            {
                End(third);
            }

            End(second);
            survey.Inside(two.Netns.Identity).Should().BeEmpty("who has gone since is not told of");
        }
        finally
        {
            End(first);
            End(second);
        }
    }

    private static Process Sleeper(ScratchNetns netns) => Process.Start(new ProcessStartInfo("ip", ["netns", "exec", netns.Name, "sleep", "60"]))!;

    private static void End(Process process)
    {
        process.Kill();
        process.WaitForExit();
    }
}
