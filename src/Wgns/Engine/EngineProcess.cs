using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
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

    /// <summary>In the environment of an embedded engine that is to go on with a device which stands: its ifindex.</summary>
    public const string DeviceVariable = OwnVariables + "DEVICE";

    /// <summary>What begins like this is for one engine, and none is started with another's.</summary>
    internal const string OwnVariables = "WGNS_ENGINE_";

    /// <summary>
    /// SIGQUIT of signal(7): to the embedded engine, an end that leaves its TUN to the end of the netns, or to the next one. For the signals
    /// that end a program .NET has a thread of their own; for others it would start its thread pool, which `down` would wait for.
    /// </summary>
    public const int LeavingDevice = 3;

    /// <summary>The same by its name in .NET, for the engine.</summary>
    public const PosixSignal LeavingDeviceHeard = PosixSignal.SIGQUIT;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    /// <summary>Starts it and waits until it answers on its socket.</summary>
    /// <param name="birthplace">Where its device and its UDP socket come to be; null is the host's netns.</param>
    /// <returns>The record with pid and start time.</returns>
    /// <exception cref="OperationFailedException">It ended, or did not answer in time; its last words are in the message.</exception>
    /// <param name="waiting">One that was started before its turn.</param>
    /// <param name="device">The ifindex of its device, which another left, to go on with; null makes it.</param>
    public static EngineRecord Start(
        EngineRecord engine, RuntimePaths paths, Netns? birthplace = null, WaitingEngine? waiting = null, int? device = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(paths);
        paths.CreateUapi();
        paths.CreateState();
        using var log = LogFile.Open(engine.Log);

        var process = waiting?.Go(engine.Log) ?? Spawned(engine, log, birthplace, device);
        var started = engine with { Pid = process.Pid, StartTime = process.StartTime };
        var clock = Stopwatch.StartNew();
        while (!Answers(engine.Socket))
        {
            var hasEnded = !process.IsAlive();
            if (hasEnded || clock.Elapsed > StartLimit)
            {
                // Also one that has ended: it stays a zombie until its parent has looked.
                process.EndGracefully(StopLimit, device is null ? null : LeavingDevice);
                var words = LastWords(engine.Log);
                Clean(engine, leavesDevice: device is not null);
                throw new OperationFailedException(hasEnded
                    ? $"{engine.Program} ended at once: {words}"
                    : $"{engine.Program} did not answer on {engine.Socket} within {StartLimit.TotalSeconds} s: {words}");
            }

            Pause.For(100);
        }

        return started;
    }

    /// <summary>Ends exactly the recorded process and takes away what it leaves.</summary>
    /// <param name="birthplace">Null where that netns is gone, and with it whatever was in it.</param>
    /// <param name="leavesDevice">
    /// Its device inside may stay: until the kernel takes the netns apart, which nobody waits for (to take it away alone takes an
    /// rcu_barrier, some 20 ms), or for another engine.
    /// </param>
    public static void Stop(EngineRecord engine, Rtnl? birthplace, bool leavesDevice = false)
    {
        ArgumentNullException.ThrowIfNull(engine);
        // Also one that has ended: as a child of ours it would stay, a zombie, as long as we do.
        var process = engine.Pid != 0 ? new ProcessIdentity(engine.Pid, engine.StartTime) : Find(engine);
        process?.EndGracefully(StopLimit, leavesDevice && engine.Inside is not null ? LeavingDevice : null);

        // Another engine's device goes with it, unless a crash left another process holding the descriptor.
        if (birthplace?.GetLink(engine.TemporaryName) is { } left)
        {
            birthplace.DelLink(left);
        }

        Clean(engine, leavesDevice);
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

    // In the foreground: what it forks when it makes a daemon of itself would have a pid that nobody tells us. It outlives the
    // command by far: whatever directory that was called in must not be kept busy.
    /// <param name="told">Variables of an engine's own, as NAME=VALUE. It gets none that whoever called us has.</param>
    internal static SpawnRequest Request(EngineRecord engine, params string[] told) => new(engine.Program, Arguments(engine))
    {
        WorkingDirectory = "/",
        Environment = [.. Spawn.CurrentEnvironment(v => v.StartsWith(OwnVariables, StringComparison.Ordinal)), .. told],
    };

    /// <summary>The ifindex that this process, an engine, was told by its environment; null where it is to make its device.</summary>
    public static int? OwnDevice =>
        int.TryParse(Environment.GetEnvironmentVariable(DeviceVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static ProcessIdentity Spawned(EngineRecord engine, OwnedFd log, Netns? birthplace, int? device)
    {
        string[] told = device is { } index ? [string.Create(CultureInfo.InvariantCulture, $"{DeviceVariable}={index}")] : [];
        var request = Request(engine, told) with { Output = log };
        try
        {
            return birthplace is null ? Spawn.Start(request) : NetnsThread.Run(birthplace.Fd, () => Spawn.Start(request));
        }
        catch
        {
            Delete(engine.Log);
            throw;
        }
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

    private static void Clean(EngineRecord engine, bool leavesDevice)
    {
        if (!leavesDevice && engine.Inside is { } inside)
        {
            DeleteLeft(inside, engine.TemporaryName);
        }

        Delete(engine.Socket);
        if (engine.Symlink is { } symlink && new FileInfo(symlink).LinkTarget == engine.Socket)
        {
            Delete(symlink);
        }

        Delete(engine.Log);
    }

    /// <summary>A directory that somebody removed took the file along.</summary>
    private static void Delete(string path)
    {
        if (Path.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
        }
    }

    /// <summary>The device of an embedded engine that was killed, or would not end: one that ends in order takes it along.</summary>
    private static void DeleteLeft(EngineInside inside, string mark)
    {
        using var places = new OpenBirthplaces();
        if (places.TryLinks(inside.Netns) is { } links && links.GetLink(inside.Ifname) is { Kind: LinkKind.Tun } left && left.Alias == mark)
        {
            links.DelLink(left);
        }
    }

    private static string LastWords(string log)
    {
        var lines = File.Exists(log) ? File.ReadAllLines(log) : [];
        return lines.Length == 0 ? "it said nothing" : string.Join(" / ", lines.TakeLast(3));
    }
}
