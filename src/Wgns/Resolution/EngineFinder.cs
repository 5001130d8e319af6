using Wgns.Configuration;
using Wgns.Linux.Processes;
using Wgns.Observation;

namespace Wgns.Resolution;

/// <summary>Finds who can run WireGuard on this machine.</summary>
public static class EngineFinder
{
    /// <summary>The variable that wg-quick(8) takes its userspace implementation from.</summary>
    public const string Variable = "WG_QUICK_USERSPACE_IMPLEMENTATION";

    /// <summary>The engine to use, or the reason why there is none.</summary>
    /// <param name="hasKernel">Whether the kernel knows the generic netlink family "wireguard".</param>
    /// <param name="running">The engine that runs the interface already; null where none does.</param>
    /// <param name="own">This program, for the embedded engine; null where there is none.</param>
    public static EngineFound Find(EngineChoice choice, bool hasKernel, EngineRecord? running = null, string? own = null)
    {
        // One that runs is kept: to change to another would drop the session.
        if (running is not null && Fits(choice, running) && File.Exists(running.Program))
        {
            return new EngineFound(running.Program, null, running.Inside is not null);
        }

        if (choice == EngineChoice.Kernel || (choice == EngineChoice.Auto && hasKernel))
        {
            return hasKernel ? new EngineFound(null, null) : new EngineFound(
                null, "this kernel has no WireGuard (`modprobe wireguard` finds none): load or install that, or leave engine out, and wgns runs it itself");
        }

        var wanted = Environment.GetEnvironmentVariable(Variable);
        if (choice == EngineChoice.Embedded || (choice == EngineChoice.Auto && string.IsNullOrEmpty(wanted)))
        {
            if (own is not null && ProgramSearch.IsProgram(own))
            {
                return new EngineFound(own, null, IsEmbedded: true);
            }

            if (choice == EngineChoice.Embedded)
            {
                return new EngineFound(null, $"engine = \"embedded\" needs this program's own file, and {own ?? "it"} is not there");
            }
        }

        var program = InPath(string.IsNullOrEmpty(wanted) ? "wireguard-go" : wanted);
        return program is not null ? new EngineFound(program, null) : new EngineFound(null, Missing(choice, wanted));
    }

    /// <summary>Names for a new engine; the device's is random, so that it meets no other in the birthplace netns.</summary>
    public static EngineRecord Describe(EngineFound found, string name, string ifname, RuntimePaths paths)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(paths);
        var temporary = TemporaryName.New();
        return new EngineRecord(
            found.Program ?? throw new ArgumentException("there is no engine", nameof(found)),
            temporary,
            paths.UapiSocket(temporary),
            paths.EngineLog(name, ifname),
            paths.UapiSocket(ifname),
            Inside: found.IsEmbedded ? new EngineInside(paths.NetnsFile(name), ifname) : null);
    }

    private static bool Fits(EngineChoice choice, EngineRecord running) => choice switch
    {
        EngineChoice.Auto => true,
        EngineChoice.Embedded => running.Inside is not null,
        EngineChoice.WireGuardGo => running.Inside is null,
        _ => false,
    };

    private static string Missing(EngineChoice choice, string? wanted)
    {
        var kernel = choice == EngineChoice.Auto ? "this kernel has no WireGuard, and " : string.Empty;
        return string.IsNullOrEmpty(wanted)
            ? $"{kernel}wireguard-go is not in PATH: install it (Debian and Ubuntu: apt install wireguard-go)"
            : $"{kernel}{Variable} names \"{wanted}\", which is not to be found";
    }

    private static string? InPath(string program) =>
        ProgramSearch.Find(program, ProgramSearch.OwnPath) is { } found ? Path.GetFullPath(found) : null;
}

/// <param name="Program">Null where the kernel is the engine, or nobody is.</param>
/// <param name="Problem">Null where there is an engine.</param>
/// <param name="IsEmbedded">Whether the program is this one.</param>
public sealed record EngineFound(string? Program, string? Problem, bool IsEmbedded = false);
