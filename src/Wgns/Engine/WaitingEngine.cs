using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;
using Wgns.Observation;

namespace Wgns.Engine;

/// <summary>
/// An embedded engine that is started before its turn, which comes when the rules stand: loading the program and its
/// libraries takes as long as they do, and nobody sees it. It is told its turn by a line with the path of its log. Where
/// that never comes, because a step failed before or this process was killed, it reads the pipe's end, and ends.
/// </summary>
public sealed class WaitingEngine : IDisposable
{
    /// <summary>In the environment of one that is to wait; its standard input is the pipe.</summary>
    private const string Variable = EngineProcess.OwnVariables + "WAITS";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly StandbyThread _starter = new("starter");
    private readonly OwnedFd _pipe;
    private ProcessIdentity? _process;
    private bool _isTold;

    private WaitingEngine(OwnedFd pipe) => _pipe = pipe;

    /// <summary>
    /// In the netns of this process. Starting takes a millisecond of whoever does it, for it waits until the program is executed
    /// (posix_spawn(3)), so that another thread does.
    /// </summary>
    internal static WaitingEngine Start(EngineRecord engine)
    {
        var (read, write) = Descriptors.Pipe();
        var request = EngineProcess.Request(engine, $"{Variable}=1") with { Input = read };
        var waiting = new WaitingEngine(write);
        waiting._starter.Begin(() =>
        {
            using (read)
            {
                waiting._process = TryStart(request);
            }
        });
        return waiting;
    }

    /// <summary>
    /// Null where it could not be started, or has ended by itself: its output is lost, and started again at its turn it says why.
    /// </summary>
    internal ProcessIdentity? Go(string log)
    {
        _isTold = true;
        _starter.Await();
        try
        {
            PipeLine.Say(_pipe, log + "\n");
            return _process;
        }
        catch (KernelException e) when (e.Errno == Errno.EPIPE)
        {
            _ = _process?.EndGracefully(s_patience);
            return null;
        }
    }

    /// <summary>Ends it where its turn has not come.</summary>
    public void Dispose()
    {
        _starter.Dispose();
        _pipe.Dispose();
        if (!_isTold)
        {
            _ = _process?.EndGracefully(s_patience);
        }
    }

    private static ProcessIdentity? TryStart(SpawnRequest request)
    {
        try
        {
            return Spawn.Start(request);
        }
        catch (KernelException)
        {
            return null;
        }
    }

    /// <summary>To be asked by the engine's own process, before it does what is seen: false where its turn never comes.</summary>
    public static bool AwaitTurn()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            return true;
        }

        using var pipe = Descriptors.Duplicate(0);
        if (PipeLine.Read(pipe) is not { } path)
        {
            return false;
        }

        using var log = LogFile.Open(path);
        PipeLine.Redirect(log);
        PipeLine.CloseInput();
        return true;
    }
}
