using System.Runtime.InteropServices;
using Wgns.Cli.Commands;
using Wgns.Linux.Processes;

namespace Wgns.Tests.Cli;

// By SIGWINCH, which nobody here waits for, and which ends no process that does not hear it.
public sealed class HeardSignalsTests
{
    [Test]
    public void A_signal_is_heard()
    {
        using var heard = new ManualResetEventSlim();
        using var signals = new HeardSignals(heard.Set, PosixSignal.SIGWINCH);
        Raise();
        heard.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue();
    }

    /// <summary>What it would do it with has been disposed of: it was a crash, of `import` and `up` for two.</summary>
    [Test]
    public void A_signal_that_comes_at_the_end_does_nothing_any_more()
    {
        var late = 0;
        for (var i = 0; i < 2000; i++)
        {
            var isOver = false;
            using (new HeardSignals(() => Hear(ref isOver, ref late), PosixSignal.SIGWINCH))
            {
                Raise();
                Thread.SpinWait(i % 500);
            }

            Volatile.Write(ref isOver, true);
        }

        // The last of them may be on its way still.
        Thread.Sleep(200);
        late.Should().Be(0);
    }

    private static void Hear(ref bool isOver, ref int late)
    {
        if (Volatile.Read(ref isOver))
        {
            Interlocked.Increment(ref late);
        }
    }

    private static void Raise() => ProcessIdentity.Of(Environment.ProcessId)!.Value.Signal(28);
}
