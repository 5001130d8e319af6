using System.Collections.Immutable;
using System.Diagnostics;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;

namespace Wgns.Engine;

/// <summary>
/// The process of a userspace engine: started in the birthplace netns, where its UDP socket then is, detached from
/// the command, logging to a file of its own.
/// </summary>
public static class EngineProcess
{
    /// <summary>What this program is started with to be an engine itself: then the socket, the netns and the interface.</summary>
    public const string EmbeddedVerb = "__engine";

    /// <summary>wireguard-go takes some 10 ms; a loaded machine with a slow disk may take seconds.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    /// <summary>Starts it and waits until it answers on its socket.</summary>
    /// <param name="birthplace">Where its device and its UDP socket come to be; null is the host's netns.</param>
    /// <returns>The record with pid and start time.</returns>
    /// <exception cref="OperationFailedException">It ended, or did not answer in time; its last words are in the message.</exception>
    public static EngineRecord Start(EngineRecord engine, RuntimePaths paths, Netns? birthplace = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(paths);
        Directory.CreateDirectory(paths.Uapi);
        paths.CreateState();
        using var log = LogFile.Open(engine.Log);

        // In the foreground: what it forks when it makes a daemon of itself would have a pid that nobody tells us.
        var request = new SpawnRequest(engine.Program, Arguments(engine))
        {
            Output = log,

            // It outlives the command by far: whatever directory that was called in must not be kept busy.
            WorkingDirectory = "/",
        };
        var process = birthplace is null ? Spawn.Start(request) : NetnsThread.Run(birthplace.Fd, () => Spawn.Start(request));
        var started = engine with { Pid = process.Pid, StartTime = process.StartTime };
        var clock = Stopwatch.StartNew();
        while (!Answers(engine.Socket))
        {
            if (!process.IsAlive())
            {
                var words = LastWords(engine.Log);
                Clean(engine);
                throw new OperationFailedException($"{engine.Program} ended at once: {words}");
            }

            if (clock.Elapsed > StartLimit)
            {
                process.EndGracefully(StopLimit);
                var words = LastWords(engine.Log);
                Clean(engine);
                throw new OperationFailedException(
                    $"{engine.Program} did not answer on {engine.Socket} within {StartLimit.TotalSeconds} s: {words}");
            }

            Pause.For(200);
        }

        return started;
    }

    /// <summary>Ends exactly the recorded process and takes away what it leaves.</summary>
    public static void Stop(EngineRecord engine, Rtnl birthplace)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(birthplace);
        if (Find(engine) is { } process)
        {
            process.EndGracefully(StopLimit);
        }

        // Its device goes with it, unless a crash left another process holding the descriptor.
        if (birthplace.GetLink(engine.TemporaryName) is { } left)
        {
            birthplace.DelLink(left);
        }

        Clean(engine);
    }

    /// <summary>
    /// The process of a record. Where a crash came before its pid was written, its arguments tell it: nobody else has
    /// a device of that random name.
    /// </summary>
    public static ProcessIdentity? Find(EngineRecord engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (engine.Pid != 0)
        {
            var known = new ProcessIdentity(engine.Pid, engine.StartTime);
            return known.IsAlive() ? known : null;
        }

        return ProcessSearch.ByArguments([engine.Program, .. Arguments(engine)]);
    }

    private static ImmutableArray<string> Arguments(EngineRecord engine) => engine.Inside is { } inside
        ? [EmbeddedVerb, engine.Socket, inside.Netns, inside.Ifname]
        : ["-f", engine.TemporaryName];

    private static bool Answers(string socket)
    {
        using var device = new UapiDevice(socket, _ => throw new UnreachableException("a new device has no key"));
        try
        {
            return File.Exists(socket) && device.Get() is not null;
        }
        catch (KernelException)
        {
            // It may end while it is asked (ECONNRESET), and then its log says why, or only be slow: both show later.
            return false;
        }
    }

    private static void Clean(EngineRecord engine)
    {
        File.Delete(engine.Socket);
        if (engine.Symlink is { } symlink && new FileInfo(symlink).LinkTarget == engine.Socket)
        {
            File.Delete(symlink);
        }

        File.Delete(engine.Log);
    }

    private static string LastWords(string log)
    {
        var lines = File.Exists(log) ? File.ReadAllLines(log) : [];
        return lines.Length == 0 ? "it said nothing" : string.Join(" / ", lines.TakeLast(3));
    }
}
