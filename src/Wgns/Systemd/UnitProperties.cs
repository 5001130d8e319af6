using System.Collections.Immutable;

namespace Wgns.Systemd;

/// <summary>What systemd knows of a unit, as far as its confinement depends on it.</summary>
/// <param name="Unit">Its whole name.</param>
public sealed record UnitProperties(string Unit)
{
    /// <summary>What is asked for.</summary>
    public static readonly ImmutableArray<string> Names =
    [
        "LoadState", "Type", "User", "Group", "RuntimeDirectory", "ConfigurationDirectory", "ReadWritePaths", "PIDFile",
        "Before", "JoinsNamespaceOf", "TriggeredBy", "RootDirectory", "RootImage", "FragmentPath", "DropInPaths",
    ];

    /// <summary>False where systemd has no such unit, or was not asked.</summary>
    public bool Exists { get; init; }

    /// <summary>"notify", "forking", "dbus", …</summary>
    public string Type { get; init; } = string.Empty;

    /// <summary>Empty is root.</summary>
    public string User { get; init; } = string.Empty;

    public string Group { get; init; } = string.Empty;

    /// <summary>Paths below /run that are its own.</summary>
    public ImmutableArray<string> Run { get; init; } = [];

    /// <summary>Paths below /etc that it says it writes to.</summary>
    public ImmutableArray<string> Etc { get; init; } = [];

    /// <summary>Empty where it has none.</summary>
    public string PidFile { get; init; } = string.Empty;

    /// <summary>What its own RestrictAddressFamilies= says.</summary>
    public OwnFamilies Families { get; init; }

    /// <summary>The files it is made of, in systemd's order of them, without the one that confines it.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>
    /// Whether its SystemCallFilter= lists what may be called, and the rest ends the process: it has no SystemCallErrorNumber=.
    /// </summary>
    public bool EndsAtUnlistedCalls { get; init; }

    /// <summary>Its lists of paths. What systemctl shows of them has ours among them: see <see cref="WithFiles"/>.</summary>
    public ImmutableArray<UnitBind> Binds { get; init; } = [];

    /// <summary>Whether one of its commands is run with the machine's own mounts: "+" before it (systemd.service(5)).</summary>
    public bool HasUnconfinedCommand { get; init; }

    /// <summary>
    /// Whether it comes before what the tunnel is started after, as a resolver does: then it cannot come after the tunnel.
    /// </summary>
    public bool IsEarly { get; init; }

    /// <summary>Units that are no namespaces of ours and whose namespaces it shares.</summary>
    public ImmutableArray<string> Joined { get; init; } = [];

    /// <summary>The sockets, timers and paths that start it.</summary>
    public ImmutableArray<string> TriggeredBy { get; init; } = [];

    /// <summary>Whether its root directory is another.</summary>
    public bool HasOwnRoot { get; init; }

    /// <param name="shown">What systemd says of it: <see cref="Names"/>.</param>
    public static UnitProperties Of(string unit, IReadOnlyDictionary<string, string> shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        string Value(string key) => shown.GetValueOrDefault(key, string.Empty);
        var paths = Words(Value("ReadWritePaths")).Select(p => p.TrimStart('-', '+', '!')).ToList();
        var pidFile = Value("PIDFile");
        return new UnitProperties(unit)
        {
            Exists = Value("LoadState") is not ("" or "not-found"),
            Type = Value("Type"),
            User = Value("User"),
            Group = Value("Group"),
            Run = [.. Words(Value("RuntimeDirectory")).Select(d => $"/run/{d.Split(':')[0]}").Concat(paths.Where(p => IsBelow(p, "/run") && !UnitBinds.IsResolver(p))).Distinct()],
            Etc = [.. Words(Value("ConfigurationDirectory")).Select(d => $"/etc/{d.Split(':')[0]}").Concat(paths.Where(p => IsBelow(p, "/etc"))).Distinct()],
            PidFile = pidFile.StartsWith("/var/run/", StringComparison.Ordinal) ? pidFile[4..] : pidFile,
            IsEarly = Words(Value("Before")).Any(u => u is "network.target" or "network-online.target" or "nss-lookup.target"),
            Joined = [.. Words(Value("JoinsNamespaceOf")).Where(u => !u.StartsWith(UnitName.NetnsPrefix, StringComparison.Ordinal))],
            TriggeredBy = [.. Words(Value("TriggeredBy"))],
            HasOwnRoot = Value("RootDirectory") is not ("" or "/") || Value("RootImage").Length > 0,
            Files = [.. Words($"{Value("FragmentPath")} {Value("DropInPaths")}").Where(f => !f.EndsWith($"/{ConfineUnits.FileName}", StringComparison.Ordinal))],
        };
    }

    /// <summary>With what its own files say, by their texts in systemd's order.</summary>
    public UnitProperties WithFiles(IReadOnlyCollection<string> texts)
    {
        var lines = texts.SelectMany(UnitAssignments.OfService).ToList();
        return this with
        {
            Binds = UnitBinds.Parse(texts),
            // One without a value forgets those before it.
            Families = Last(lines, "RestrictAddressFamilies") switch
            {
                null or "" => OwnFamilies.Unsaid,
                "none" => OwnFamilies.None,
                _ => OwnFamilies.Some,
            },
            EndsAtUnlistedCalls = Last(lines, "SystemCallErrorNumber") is null or "" or "kill" && AllowsByList(lines),
            HasUnconfinedCommand = lines.Any(l => l.Key.StartsWith("Exec", StringComparison.Ordinal) && l.Value.TrimStart('@', '-', ':', '!').StartsWith('+')),
        };
    }

    private static string? Last(List<(string Key, string Value)> lines, string key) => lines.LastOrDefault(l => l.Key == key).Value;

    // The first of them, since the last that forgets all, decides what becomes of the rest (systemd.exec(5)).
    private static bool AllowsByList(List<(string Key, string Value)> lines) => lines
        .Where(l => l.Key == "SystemCallFilter").Select(l => l.Value).Reverse().TakeWhile(v => v.Length > 0).LastOrDefault() is { } first && first[0] != '~';

    internal static bool IsBelow(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
