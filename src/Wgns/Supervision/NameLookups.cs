using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Wgns.Linux;
using Wgns.Linux.Processes;

namespace Wgns.Supervision;

/// <summary>One answered, or failed, lookup.</summary>
/// <param name="Problem">Null where there is an answer.</param>
internal sealed record NameAnswer(string Host, IPAddress[] Addresses, string? Problem);

/// <summary>
/// Looks names up on threads of their own: a resolver takes half a minute to say that nobody answers, and in that time
/// signals, rules and the watchdog want to be looked after. Started from a thread in the birthplace netns, they are there.
/// </summary>
internal sealed class NameLookups(Func<string, IPAddress[]> query, Action answered)
{
    /// <summary>Bytes; getaddrinfo(3) and the modules of nsswitch.conf(5) are used to much less than the usual 8 MB.</summary>
    private const int Stack = 512 * 1024;

    private readonly ConcurrentQueue<NameAnswer> _answers = [];

    internal void Start(string host)
    {
        try
        {
            new Thread(() => Ask(host), Stack) { IsBackground = true, Name = "lookup" }.Begin();
        }
        catch (KernelException e)
        {
            Answer(new NameAnswer(host, [], e.Message));
        }
    }

    internal NameAnswer? Take() => _answers.TryDequeue(out var answer) ? answer : null;

    private void Ask(string host)
    {
        NameAnswer answer;
        try
        {
            answer = new NameAnswer(host, query(host), null);
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            // Also what is none of a resolver's, as a file or a birthplace that goes while it is asked: on this thread it would end the process.
            answer = new NameAnswer(host, [], e.Message);
        }

        Answer(answer);
    }

    private void Answer(NameAnswer answer)
    {
        _answers.Enqueue(answer);
        answered();
    }
}
