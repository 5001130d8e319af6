using System.Collections.Immutable;

namespace Wgns.Systemd;

/// <summary>What systemd knows of a unit, as far as its confinement depends on it.</summary>
/// <param name="Unit">Its whole name.</param>
public sealed record UnitProperties(string Unit)
{
    /// <summary>What is asked for.</summary>
    public static readonly ImmutableArray<string> Names =
    [
        "Id", "LoadState", "Type", "User", "Group", "RuntimeDirectory", "ConfigurationDirectory", "ReadWritePaths", "PIDFile",
        "Before", "JoinsNamespaceOf", "TriggeredBy", "Triggers", "Accept", "RootDirectory", "RootImage", "FragmentPath", "DropInPaths",
    ];

    /// <summary>What ordinary services come after (bootup(7)), and so what makes the namespace; modules/view.nix has the same.</summary>
    internal static readonly ImmutableArray<string> Earliest =
    [
        "basic.target", "sysinit.target", "sockets.target", "paths.target", "slices.target", "local-fs.target", "local-fs-pre.target",
        "swap.target", "cryptsetup.target",
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

    /// <summary>The first line of each of its files that systemd reads after ours, and that takes back of what ours says.</summary>
    public ImmutableArray<(string File, string Key)> Overruling { get; init; } = [];

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

    /// <summary>Those of <see cref="Earliest"/> that it comes before, whatever a drop-in says. For a socket see <see cref="WithFiles"/>.</summary>
    public ImmutableArray<string> ComesBefore { get; init; } = [];

    /// <summary>Units whose namespaces it shares, a namespace's of ours among them where it was confined by --join.</summary>
    public ImmutableArray<string> Joined { get; init; } = [];

    /// <summary>The sockets, timers and paths that start it.</summary>
    public ImmutableArray<string> TriggeredBy { get; init; } = [];

    /// <summary>Of a socket the services that it starts: a template where each connection gets one of its own.</summary>
    public ImmutableArray<string> Triggers { get; init; } = [];

    /// <summary>Whether its root directory is another.</summary>
    public bool HasOwnRoot { get; init; }

    /// <param name="shown">What systemd says of it: <see cref="Names"/>.</param>
    public static UnitProperties Of(string unit, IReadOnlyDictionary<string, string> shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        string Value(string key) => shown.GetValueOrDefault(key, string.Empty);
        var paths = Words(Value("ReadWritePaths")).Select(p => p.TrimStart('-', '+', '!')).ToList();
        var pidFile = Value("PIDFile");
        var before = Words(Value("Before"));
        // Of a unit that is asked for by an alias: that may be taken away, and what was written for it with it.
        return new UnitProperties(Value("Id") is { Length: > 0 } id ? id : unit)
        {
            Exists = Value("LoadState") is not ("" or "not-found"),
            Type = Value("Type"),
            User = Value("User"),
            Group = Value("Group"),
            Run = [.. Words(Value("RuntimeDirectory")).Select(d => $"/run/{d.Split(':')[0]}").Concat(paths.Where(p => IsBelow(p, "/run") && !UnitBinds.IsResolver(p))).Distinct()],
            Etc = [.. Words(Value("ConfigurationDirectory")).Select(d => $"/etc/{d.Split(':')[0]}").Concat(paths.Where(p => IsBelow(p, "/etc"))).Distinct()],
            PidFile = pidFile.StartsWith("/var/run/", StringComparison.Ordinal) ? pidFile[4..] : pidFile,
            IsEarly = before.Any(u => u is "network.target" or "network-online.target" or "nss-lookup.target"),
            // To every socket systemd adds one, and not to a confined one (DefaultDependencies=).
            ComesBefore = unit.EndsWith(".socket", StringComparison.Ordinal) ? [] : [.. before.Intersect(Earliest)],
            Joined = [.. Words(Value("JoinsNamespaceOf"))],
            TriggeredBy = [.. Words(Value("TriggeredBy"))],
            Triggers = Value("Accept") == "yes" ? [$"{unit[..unit.LastIndexOf('.')]}@.service"] : [.. Words(Value("Triggers"))],
            HasOwnRoot = Value("RootDirectory") is not ("" or "/") || Value("RootImage").Length > 0,
            // The first is one path, of a linked unit perhaps with spaces.
            Files = [.. Words(Value("DropInPaths")).Prepend(Value("FragmentPath")).Where(f => f.Length > 0 && !f.EndsWith($"/{ConfineUnits.FileName}", StringComparison.Ordinal))],
        };
    }

    /// <summary>With what its own files say, by their texts in systemd's order.</summary>
    public UnitProperties WithFiles(IReadOnlyCollection<string> texts)
    {
        var lines = texts.SelectMany(UnitAssignments.OfService).ToList();
        return this with
        {
            // An order that a file of it says no drop-in takes back.
            ComesBefore = [.. ComesBefore.Union(texts.SelectMany(UnitAssignments.OfUnit).Where(l => l.Key == "Before").SelectMany(l => Words(l.Value)).Intersect(Earliest))],
            Binds = UnitBinds.Parse(texts),
            Overruling =
            [
                .. Files.Zip(texts).Where(f => IsAfterOurs(f.First))
                    .Select(f => (f.First, Key: UnitDirectives.TakenBackBy(f.Second))).Where(f => f.Key is not null).Select(f => (f.First, f.Key!)),
            ],
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

    // systemd sorts drop-ins by name, whatever directory each is in.
    private static bool IsAfterOurs(string file) =>
        file.Split('/') is [.., var directory, var name] && directory.EndsWith(".d", StringComparison.Ordinal) && string.CompareOrdinal(name, ConfineUnits.FileName) > 0;

    private static string? Last(List<(string Key, string Value)> lines, string key) => lines.LastOrDefault(l => l.Key == key).Value;

    // The first of them, since the last that forgets all, decides what becomes of the rest (systemd.exec(5)).
    private static bool AllowsByList(List<(string Key, string Value)> lines) => lines
        .Where(l => l.Key == "SystemCallFilter").Select(l => l.Value).Reverse().TakeWhile(v => v.Length > 0).LastOrDefault() is { } first && first[0] != '~';

    internal static bool IsBelow(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
