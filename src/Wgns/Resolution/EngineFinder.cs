using System.Security.Cryptography;
using Wgns.Configuration;
using Wgns.Observation;

namespace Wgns.Resolution;

/// <summary>Finds who can run WireGuard on this machine.</summary>
public static class EngineFinder
{
    /// <summary>The variable that wg-quick(8) takes its userspace implementation from.</summary>
    public const string Variable = "WG_QUICK_USERSPACE_IMPLEMENTATION";

    /// <summary>The engine to use, or the reason why there is none.</summary>
    /// <param name="hasKernel">Whether the kernel knows the generic netlink family "wireguard".</param>
    /// <param name="running">The program of the engine that runs the interface already; null where none does.</param>
    public static EngineFound Find(EngineChoice choice, bool hasKernel, string? running = null)
    {
        // One that runs is kept: to change to the kernel's would drop the session.
        if (choice != EngineChoice.Kernel && running is not null && File.Exists(running))
        {
            return new EngineFound(running, null);
        }

        if (choice == EngineChoice.Kernel || (choice == EngineChoice.Auto && hasKernel))
        {
            return hasKernel ? new EngineFound(null, null) : new EngineFound(
                null, "this kernel has no WireGuard (`modprobe wireguard` finds none); install wireguard-go and use engine = \"auto\"");
        }

        var wanted = Environment.GetEnvironmentVariable(Variable);
        var program = InPath(string.IsNullOrEmpty(wanted) ? "wireguard-go" : wanted);
        return program is not null ? new EngineFound(program, null) : new EngineFound(null, Missing(choice, wanted));
    }

    /// <summary>Names for a new engine; the device's is random, so that it meets no other in the birthplace netns.</summary>
    public static EngineRecord Describe(string program, string name, string ifname, RuntimePaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var temporary = $"wgns-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        return new EngineRecord(
            program,
            temporary,
            paths.UapiSocket(temporary),
            paths.EngineLog(name, ifname),
            paths.UapiSocket(ifname));
    }

    private static string Missing(EngineChoice choice, string? wanted)
    {
        var kernel = choice == EngineChoice.Auto ? "this kernel has no WireGuard, and " : string.Empty;
        return string.IsNullOrEmpty(wanted)
            ? $"{kernel}wireguard-go is not in PATH: install it (Debian and Ubuntu: apt install wireguard-go)"
            : $"{kernel}{Variable} names \"{wanted}\", which is not to be found";
    }

    private static string? InPath(string program) =>
        program.Contains('/', StringComparison.Ordinal)
            ? IsProgram(program) ? Path.GetFullPath(program) : null
            : (Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin")
                .Split(':')
                .Where(directory => directory.StartsWith('/'))
                .Select(directory => Path.Combine(directory, program))
                .FirstOrDefault(IsProgram);

    private static bool IsProgram(string path)
    {
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & Executable) != 0;
    }
}

/// <param name="Program">Null where the kernel is the engine, or nobody is.</param>
/// <param name="Problem">Null where there is an engine.</param>
public sealed record EngineFound(string? Program, string? Problem);
