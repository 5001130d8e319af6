using Wgns.Cli.Output;
using Wgns.Linux;
using Wgns.Linux.Processes;

namespace Wgns.Cli.Commands;

/// <summary>A command on several namespaces: at once, since each mostly waits, and none stopped by another's failure.</summary>
internal static class Many
{
    /// <summary>Each holds a few descriptors and a stack; a name server is not to be asked by hundreds at once.</summary>
    private const int AtOnce = 8;

    /// <param name="all">What to run for each, by the name that the summary has for it.</param>
    /// <param name="done">What one is that succeeded: "up".</param>
    /// <param name="after">For each, by their places, those that it comes after, whether they succeed or not; null where none does.</param>
    /// <returns>The one's own status; of several 0, or 1 where one failed, or 130 where one was interrupted.</returns>
    internal static int Run(IReadOnlyList<(string Name, Func<int> Run)> all, string done, IReadOnlyList<int[]>? after = null)
    {
        if (all is [var only])
        {
            return Shared.Each(only.Run);
        }

        var isInterrupted = false;
        var statuses = Each(all, one =>
        {
            if (Volatile.Read(ref isInterrupted))
            {
                return ExitStatus.Interrupted;
            }

            // Printed whole, when it is over: lines of several would say nothing together.
            var status = Terminal.Together(() => Shared.Each(one.Run));
            if (status == ExitStatus.Interrupted)
            {
                Volatile.Write(ref isInterrupted, true);
            }

            return status;
        }, after);
        if (isInterrupted)
        {
            return ExitStatus.Interrupted;
        }

        var failed = all.Where((_, i) => statuses[i] != ExitStatus.Done).Select(a => a.Name).ToList();
        Terminal.Out.WriteLine(failed.Count == 0
            ? $"all {all.Count} are {done}"
            : $"{all.Count - failed.Count} of {all.Count} are {done}; failed: {string.Join(", ", failed)}");
        return failed.Count == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }

    /// <summary>Asks all at once, and has the answers in the order of the questions.</summary>
    /// <param name="ask">Called on threads of their own; throws nothing.</param>
    /// <param name="after">As for <see cref="Run"/>. Of a ring, where each comes after another, one is begun with.</param>
    internal static TAnswer[] Each<T, TAnswer>(IReadOnlyList<T> all, Func<T, TAnswer> ask, IReadOnlyList<int[]>? after = null)
    {
        var answers = new TAnswer[all.Count];
        var waiting = Enumerable.Range(0, all.Count).ToList();
        var running = new HashSet<int>();
        var threads = new List<Thread>();
        try
        {
            while (threads.Count < Math.Min(AtOnce, all.Count))
            {
                var thread = new Thread(Work);
                thread.Begin();
                threads.Add(thread);
            }
        }
        catch (KernelException) when (threads.Count > 0)
        {
            // Fewer do it, too.
        }

        threads.ForEach(t => t.Join());
        return answers;

        void Work()
        {
            while (Take() is { } i)
            {
                answers[i] = ask(all[i]);
                lock (running)
                {
                    running.Remove(i);
                    Monitor.PulseAll(running);
                }
            }
        }

        int? Take()
        {
            lock (running)
            {
                while (waiting.Count > 0)
                {
                    var ready = waiting.FindIndex(i => after?[i].Any(o => running.Contains(o) || waiting.Contains(o)) != true);
                    if (ready >= 0 || running.Count == 0)
                    {
                        var next = waiting[Math.Max(ready, 0)];
                        waiting.Remove(next);
                        running.Add(next);
                        return next;
                    }

                    Monitor.Wait(running);
                }

                return null;
            }
        }
    }
}
