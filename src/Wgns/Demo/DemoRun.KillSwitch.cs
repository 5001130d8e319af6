using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Wgns.Linux.Processes;
using Wgns.Linux.Sockets;

namespace Wgns.Demo;

/// <summary>The provider goes away under a program that goes on sending.</summary>
public sealed partial class DemoRun
{
    private static readonly TimeSpan ChatterLimit = TimeSpan.FromSeconds(7);

    /// <summary>For the program to start and to be heard of.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(4);

    /// <summary>Rounds that the program is let talk, before the provider goes.</summary>
    private const int RoundsBefore = 8;

    private void CheckKillSwitch(
        Provider provider, DemoAddresses addresses, PacketCounter plain, PacketCounter encrypted, CancellationToken stop)
    {
        CommandResult? result = null;
        Exception? failure = null;
        var clock = Stopwatch.StartNew();
        var program = new Thread(() =>
        {
            try
            {
                result = _inside.Run(
                    ChatterLimit, Chatter.HiddenVerb, $"{addresses.Provider}", $"{addresses.Uplink}:{Provider.Port}", addresses.ProviderV6?.ToString() ?? "-");
            }
#pragma warning disable CA1031 // whatever it is, it is thrown again on the other thread
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
        })
        { Name = "demo program", IsBackground = true };
        program.Begin();
        Cut cut;
        try
        {
            cut = CutWhileItTalks(provider, plain, encrypted, stop);
        }
        finally
        {
            program.Join();
        }

        if (failure is not null)
        {
            throw new OperationFailedException($"the program inside could not be run: {failure.Message}");
        }

        var rounds = ChatterRound.Decode(result!.Output);
        JudgeBefore(rounds.RemoveAll(r => r.SentAt > cut.Began), result!);
        JudgeAfter(rounds.RemoveAll(r => r.SentAt <= cut.Done), plain.Take() + cut.PlainBefore, encrypted.Take(), addresses, clock.Elapsed);
    }

    private Cut CutWhileItTalks(Provider provider, PacketCounter plain, PacketCounter encrypted, CancellationToken stop)
    {
        var heard = provider.Names!.Asked.Count;
        var since = Stopwatch.GetTimestamp();
        while (provider.Names.Asked.Count < heard + RoundsBefore && Stopwatch.GetElapsedTime(since) < StartLimit)
        {
            stop.ThrowIfCancellationRequested();
            Thread.Sleep(5);
        }

        var began = Stopwatch.GetTimestamp();
        provider.StopWireGuard();
        var done = Stopwatch.GetTimestamp();
        observer.Did("the provider's WireGuard is gone; a program inside goes on sending", Stopwatch.GetElapsedTime(began, done));
        encrypted.Take();
        return new Cut(began, done, plain.Take());
    }

    private void JudgeBefore(ImmutableArray<ChatterRound> rounds, CommandResult result)
    {
        Judge(
            "until then the program inside had answers",
            rounds.Any(r => r.Answers > 0),
            rounds.IsEmpty ? InsideProgram.Problem(result) : $"{rounds.Sum(r => r.Answers)} answers to {Sent(rounds)} packets (DNS, TCP, ping)",
            TimeSpan.Zero);
    }

    private void JudgeAfter(ImmutableArray<ChatterRound> rounds, long plain, long encrypted, DemoAddresses addresses, TimeSpan took)
    {
        var seconds = rounds.IsEmpty ? 0 : Stopwatch.GetElapsedTime(rounds[0].SentAt, rounds[^1].SentAt).TotalSeconds;
        var answers = rounds.Sum(r => r.Answers);
        Judge(
            "the kill switch: nothing gets around the dead tunnel",
            answers == 0 && plain == 0 && Sent(rounds) > 0 && encrypted > 0,
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"in {seconds:F1} s it sent {Sent(rounds)} packets and had {answers} answers; ")
                + $"on the host's links {plain} of them were seen, and {encrypted} encrypted ones to {addresses.Uplink}:{Provider.Port}, "
                + "where nobody has the key any more",
            took);
    }

    private static int Sent(ImmutableArray<ChatterRound> rounds) => rounds.Sum(r => r.Attempts - r.Refused);

    /// <param name="Began">CLOCK_MONOTONIC when the provider began to go.</param>
    /// <param name="Done">When it was gone.</param>
    /// <param name="PlainBefore">Unencrypted packets of the tunnel seen outside until then.</param>
    private sealed record Cut(long Began, long Done, long PlainBefore);
}
