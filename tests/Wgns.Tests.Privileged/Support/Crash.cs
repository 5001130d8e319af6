using System.Globalization;

namespace Wgns.Tests.Privileged;

/// <summary>kill -9 before and after each operation of a run, and before and after each writing of its record.</summary>
internal static class Crash
{
    /// <summary>More points than any plan here has; a run that never ends must not loop for ever.</summary>
    private const int Far = 200;

    /// <summary>Returns how many points there were.</summary>
    internal static int AtEveryPoint(Lab lab, string[] command, Action<string> prove)
    {
        // The next victim starts while this one's end is looked at: most of its time goes by before its first operation.
        var next = Victim(lab, command);
        for (var point = 1; point < Far; point++)
        {
            using var victim = next;
            next = Victim(lab, command);
            var answer = victim.End(point.ToString(CultureInfo.InvariantCulture) + "\n");
            lab.Remember();
            if (answer.Exit == 0)
            {
                next.Dispose();
                return point - 1;
            }

            answer.Exit.Should().Be(137, "it kills itself: {0}", answer.Words);
            prove($"killed {answer.Output.Trim()} (point {point})");
        }

        next.Dispose();
        throw new AssertionException("the run does not end");
    }

    /// <summary>An up makes what an undisturbed one had made, and leaves nothing to do.</summary>
    /// <param name="shape">What <see cref="Machine.Shape"/> was after that one.</param>
    internal static void UpFinishes(Lab lab, string shape, string where)
    {
        InProcess.Up(lab);
        Machine.Shape(lab.Name).Should().Be(shape, where);
        InProcess.Up(lab).Plan!.IsEmpty.Should().BeTrue(where);
    }

    // Quicker to start so, and it does not live long enough for the threads that this starts to matter.
    private static Running Victim(Lab lab, string[] command) => Within.Start(
        lab.Host, [BuiltTool.Path("kill-at"), .. command], null, new Dictionary<string, string?> { ["DOTNET_TieredCompilation"] = "1" });
}
