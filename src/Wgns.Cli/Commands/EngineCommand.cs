using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Engine.Embedded;
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
        using var home = Netns.OpenPath(netns);
        using var engine = new EmbeddedEngine(home.Fd, ifname, socket, Terminal.Out, Surroundings.OwnKeeper);
        home.Dispose();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => End(c, engine));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => End(c, engine));
        OwnMemory.Trim();
        engine.Run();
        return ExitStatus.Done;
    }

    private static void End(PosixSignalContext context, EmbeddedEngine engine)
    {
        context.Cancel = true;
        engine.End("asked by a signal");
    }
}
