using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Wgns.Demo;

/// <summary>
/// What the demo's program inside does last: in rounds, try by every way it knows to reach somebody, and count who answers.
/// </summary>
/// <param name="SentAt">CLOCK_MONOTONIC, in the ticks of <see cref="Stopwatch"/>: the same clock in every process.</param>
/// <param name="Attempts">Packets that it tried to send.</param>
/// <param name="Refused">Those of them that the kernel would not take.</param>
/// <param name="Answers">Those of them that were answered, however late.</param>
public sealed record ChatterRound(long SentAt, int Attempts, int Refused, int Answers)
{
    public string Encode() => string.Create(CultureInfo.InvariantCulture, $"{SentAt}\t{Attempts}\t{Refused}\t{Answers}");

    public static ImmutableArray<ChatterRound> Decode(string lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return
        [
            .. from line in lines.Split('\n')
               let numbers = line.Split('\t').Select(p => long.TryParse(p, CultureInfo.InvariantCulture, out var n) ? n : -1).ToList()
               where numbers.Count == 4 && numbers.All(n => n >= 0)
               select new ChatterRound(numbers[0], (int)numbers[1], (int)numbers[2], (int)numbers[3]),
        ];
    }
}

/// <summary>Runs in the process inside.</summary>
public static class Chatter
{
    public const string HiddenVerb = "__demo-chatter";

    public const int Rounds = 40;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    /// <summary>Answers that are on their way when the last round was sent.</summary>
    private static readonly TimeSpan Last = TimeSpan.FromMilliseconds(150);

    /// <param name="provider">The provider's address in the tunnel.</param>
    /// <param name="providerV6">Null where there is no IPv6.</param>
    /// <param name="uplink">Where the tunnel's other end is outside: to be reached by nothing but WireGuard itself.</param>
    public static ImmutableArray<ChatterRound> Run(IPAddress provider, IPAddress? providerV6, IPEndPoint uplink)
    {
        List<ChatterWay> ways =
        [
            new DnsWay(new IPEndPoint(provider, NameServer.Port)),
            new TcpWay(new IPEndPoint(provider, WebServer.Port)),
            new PingWay(provider),
            new StrayWay(uplink),
        ];
        if (providerV6 is not null)
        {
            ways.Add(new PingWay(providerV6));
        }

        var sent = new long[Rounds];
        for (ushort round = 0; round < Rounds; round++)
        {
            sent[round] = Stopwatch.GetTimestamp();
            foreach (var way in ways)
            {
                way.Try(round);
            }

            Listen(ways, Pause);
        }

        Listen(ways, Last);
        var rounds = Enumerable.Range(0, Rounds).Select(r => new ChatterRound(
            sent[r], ways.Count, ways.Count(w => w.Refused.Contains((ushort)r)), ways.Count(w => w.Answered.Contains((ushort)r))));
        ImmutableArray<ChatterRound> all = [.. rounds];
        ways.ForEach(w => w.Dispose());
        return all;
    }

    private static void Listen(List<ChatterWay> ways, TimeSpan time)
    {
        var since = Stopwatch.GetTimestamp();
        do
        {
            Thread.Sleep(5);
            ways.ForEach(w => w.Listen());
        }
        while (Stopwatch.GetElapsedTime(since) < time);
    }
}
