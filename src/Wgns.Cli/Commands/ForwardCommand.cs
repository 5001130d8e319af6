using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Forwarding;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Publishing;
using Command = System.CommandLine.Command;

namespace Wgns.Cli.Commands;

/// <summary>`wgns forward LISTEN CONNECT…`: listens outside, and connects inside.</summary>
internal static class ForwardCommand
{
    private static readonly TimeSpan AddressPatience = TimeSpan.FromSeconds(2);

    internal static Command Build()
    {
        var netns = new Option<string?>("--netns", "-n") { Description = "connect inside this namespace; the sockets listen where you are. Takes root", HelpName = "NAME" };
        var user = new Option<string>("--user", "-u") { Description = "go on as this user, where started as root", HelpName = "USER", DefaultValueFactory = _ => "nobody" };
        var idle = Seconds("--idle", "end after so long without a connection (0: never)", 0);
        var grace = Seconds("--grace", "what is open when told to end has so long for it", 5);
        var flow = Seconds("--flow-timeout", "forget a sender of UDP after so long without a datagram", 120);
        var attended = new Option<bool>("--attended") { Description = "end when standard input does: with whoever holds its other end" };
        var words = Shared.NoOption(new Argument<string[]>("ENTRIES")
        {
            Description = "LISTEN CONNECT, as many pairs as there are ports: PORT, ADDRESS:PORT or a path; udp: in front of LISTEN for UDP, "
                + "fd:3 for a socket handed in, proxy: in front of CONNECT for the PROXY protocol",
            Arity = ArgumentArity.OneOrMore,
        });
        var command = new Command("forward", "Take connections outside, and make them inside the namespace") { netns, user, idle, grace, flow, attended, words };
        command.SetAction(result => Run(new ForwardRequest(
            result.GetValue(netns),
            result.GetValue(user)!,
            result.GetValue(idle),
            result.GetValue(grace),
            result.GetValue(flow),
            result.GetValue(attended),
            result.GetValue(words)!)));
        return command;
    }

    private static Option<int> Seconds(string name, string description, int fallback)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "SECONDS", DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value > 86400))
            {
                result.AddError($"{name} is {token.Value}; it must be 0-86400 seconds");
            }
        });
        return option;
    }

    private static int Run(ForwardRequest request)
    {
        if (!TryRead(request.Words, out var entries))
        {
            return ExitStatus.Usage;
        }

        var isRoot = Environment.IsPrivilegedProcess;
        if (request.Netns is not null && !Shared.IsRoot("forward --netns"))
        {
            return ExitStatus.Failed;
        }

        List<OwnedFd> listeners = [.. entries.Select(e => request.IsAttended ? OpenSoon(e) : Open(e))];
        return isRoot || request.Netns is not null ? GoOn(request, entries, listeners, isRoot) : ForwardRun.Run(request, entries, listeners);
    }

    private static bool TryRead(string[] words, out ImmutableArray<ForwardEntry> entries)
    {
        entries = [];
        if (words.Length % 2 != 0)
        {
            Terminal.Fail($"{words[^1]} leads nowhere", "each LISTEN takes a CONNECT: `wgns forward --netns vpn 8112 127.0.0.1:80`");
            return false;
        }

        var read = ImmutableArray.CreateBuilder<ForwardEntry>();
        foreach (var pair in words.Chunk(2))
        {
            if (ForwardEntry.TryParse(pair[0], pair[1], out var problem) is not { } entry)
            {
                Terminal.Fail(problem, "PORT, ADDRESS:PORT, [IPV6]:PORT or the absolute path of a unix socket");
                return false;
            }

            read.Add(entry);
        }

        entries = read.ToImmutable();
        return true;
    }

    private static OwnedFd OpenSoon(ForwardEntry entry)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return Open(entry);
            }
            catch (KernelException e) when (e.Errno == Errno.EADDRINUSE && Stopwatch.GetElapsedTime(since) < AddressPatience)
            {
                // Who was here before us, or systemd, is letting go of it.
                Thread.Sleep(100);
            }
        }
    }

    private static OwnedFd Open(ForwardEntry entry) => entry.Listen switch
    {
        { Descriptor: { } fd } => HandedSockets.Problem(
            fd, Environment.GetEnvironmentVariable("LISTEN_PID"), Environment.GetEnvironmentVariable("LISTEN_FDS"), Environment.ProcessId) is { } problem
                ? throw new OperationFailedException(problem)
                : ListeningSocket.Handed(fd),
        { Address.Path: { } path } => ListeningSocket.Unix(path),
        { IsUdp: true } => ListeningSocket.Udp(entry.Listen.Address!.EndPoint!),
        _ => ListeningSocket.Tcp(entry.Listen.Address!.EndPoint!),
    };

    /// <summary>
    /// With the sockets that are open by now: inside, as nobody in particular; without root as who we are, with no right over the
    /// namespace. Returns only where that failed.
    /// </summary>
    private static int GoOn(ForwardRequest request, ImmutableArray<ForwardEntry> entries, List<OwnedFd> listeners, bool isRoot)
    {
        var wrong = string.Empty;
        var user = isRoot ? UserAccount.TryFind(request.User, out wrong) : null;
        if (isRoot && user is not { Uid: not 0 })
        {
            Terminal.Fail(wrong.Length > 0 ? wrong : $"--user is {request.User}: connections of others are not forwarded by root", "leave it out, or name another user");
            return ExitStatus.Usage;
        }

        var hint = string.Empty;
        using var netns = request.Netns is null ? null : NamespaceEntry.Open(request.Netns, Shared.Runtime, out wrong, out hint);
        if (request.Netns is not null && netns is null)
        {
            Terminal.Fail(wrong, hint);
            return ExitStatus.Failed;
        }

        var handed = entries.Zip(listeners, (e, l) => e with { Listen = new ForwardListen(null, l.Value, IsUdp: false) });
        var failure = Handover.Run(new HandoverRequest(
            OwnProgram.Path, [.. request.Options(), .. handed.SelectMany(e => e.Words)], [.. listeners.Select(l => l.Value)])
        {
            Netns = netns?.Fd,
            User = user,
            GivesUpCapabilities = !isRoot,
            Environment = Spawn.CurrentEnvironment(v => HandedSockets.Variables.Contains(v)),
        });
        Terminal.Fail($"{failure.Step}: {failure.Errno}");
        return failure.ExitStatus;
    }
}

/// <summary>What `forward` was told.</summary>
internal sealed record ForwardRequest(string? Netns, string User, int Idle, int Grace, int FlowTimeout, bool IsAttended, string[] Words)
{
    /// <summary>Verb and options for who goes on inside.</summary>
    internal ImmutableArray<string> Options()
    {
        var culture = CultureInfo.InvariantCulture;
        ImmutableArray<string> options =
        [
            "forward", "--idle", Idle.ToString(culture), "--grace", Grace.ToString(culture), "--flow-timeout", FlowTimeout.ToString(culture),
        ];
        return IsAttended ? options.Add("--attended") : options;
    }

    internal ForwardTimes Times => new(
        Idle == 0 ? null : TimeSpan.FromSeconds(Idle), TimeSpan.FromSeconds(Grace), TimeSpan.FromSeconds(FlowTimeout));
}
