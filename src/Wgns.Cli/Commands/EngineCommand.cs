using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Engine;
using Wgns.Engine.Embedded;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Rootless;

namespace Wgns.Cli.Commands;

/// <summary>The hidden verb behind `engine = "embedded"`: this program as the engine of one interface, until it is told to end.</summary>
internal static class EngineCommand
{
    internal static int Run(string socket, string netns, string ifname)
    {
        OwnMemory.ShareOneHeap();
        var primitives = new LibcryptoPrimitives();
        if (!WaitingEngine.AwaitTurn())
        {
            return ExitStatus.Done;
        }

        using var home = Netns.OpenPath(netns);
        using var engine = new EmbeddedEngine(primitives, home.Fd, ifname, socket, Terminal.Out, Surroundings.OwnKeeper, EngineProcess.OwnDevice);
        home.Dispose();
        using var asked = new HeardSignals(() => engine.End("asked by a signal"), PosixSignal.SIGTERM, PosixSignal.SIGINT);
        using var goes = new HeardSignals(engine.EndWithoutTun, EngineProcess.LeavingDeviceHeard);
        engine.Run();
        return ExitStatus.Done;
    }
}
