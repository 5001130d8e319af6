using System.Collections.Immutable;
using Wgns.Confinement;

namespace Wgns.Systemd;

/// <summary>What systemd knows of a unit, as far as its confinement depends on it.</summary>
/// <param name="Unit">Its whole name.</param>
public sealed record UnitProperties(string Unit)
{
    /// <summary>What is asked for.</summary>
    public static readonly ImmutableArray<string> Names =
    [
        "LoadState", "Type", "User", "Group", "RuntimeDirectory", "ConfigurationDirectory", "ReadWritePaths", "PIDFile",
        "RestrictAddressFamilies", "FragmentPath", "DropInPaths",
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

    /// <summary>Whether it has a RestrictAddressFamilies= of its own.</summary>
    public bool RestrictsFamilies { get; init; }

    /// <summary>The files it is made of, in systemd's order of them, without the one that confines it.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Its BindPaths= and BindReadOnlyPaths=. What systemctl shows of them has ours among them: see <see cref="Systemctl.Look"/>.</summary>
    public ImmutableArray<UnitBind> Binds { get; init; } = [];

    /// <summary>Reads what `systemctl show -p … UNIT` prints: KEY=VALUE lines.</summary>
    public static UnitProperties Parse(string unit, string shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        var values = shown.Split('\n')
            .Select(line => (Text: line, Sign: line.IndexOf('=', StringComparison.Ordinal)))
            .Where(l => l.Sign > 0)
            .GroupBy(l => l.Text[..l.Sign])
            .ToDictionary(g => g.Key, g => g.Last().Text[(g.Last().Sign + 1)..]);
        string Value(string key) => values.GetValueOrDefault(key, string.Empty);
        var paths = Words(Value("ReadWritePaths")).Select(p => p.TrimStart('-', '+', '!')).ToList();
        var pidFile = Value("PIDFile");
        return new UnitProperties(unit)
        {
            Exists = Value("LoadState") is not ("" or "not-found"),
            Type = Value("Type"),
            User = Value("User"),
            Group = Value("Group"),
            Run = [.. Words(Value("RuntimeDirectory")).Select(d => $"/run/{d.Split(':')[0]}").Concat(paths.Where(p => IsBelow(p, "/run"))).Distinct()],
            Etc = [.. Words(Value("ConfigurationDirectory")).Select(d => $"/etc/{d.Split(':')[0]}").Concat(paths.Where(p => IsBelow(p, "/etc"))).Distinct()],
            PidFile = pidFile.StartsWith("/var/run/", StringComparison.Ordinal) ? pidFile[4..] : pidFile,
            RestrictsFamilies = IsOwn(Words(Value("RestrictAddressFamilies"))),
            Files = [.. Words($"{Value("FragmentPath")} {Value("DropInPaths")}").Where(f => !f.EndsWith($"/{ConfineUnits.FileName}", StringComparison.Ordinal))],
        };
    }

    internal static bool IsBelow(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);

    // None is shown as "~" or as nothing, by version; and ours, of an earlier `confine`, is not the unit's.
    private static bool IsOwn(string[] families) =>
        families is not ([] or ["~"]) && !families.ToHashSet().SetEquals(ConfinedView.AddressFamilies);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
