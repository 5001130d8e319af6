using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Processes;

namespace Wgns.Systemd;

/// <summary>systemctl(1) and its kin: the one way in which wgns talks to systemd.</summary>
public static class Systemctl
{
    /// <summary>Starting a socket takes milliseconds; what it may have to wait for does not.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    /// <summary>A question is answered in milliseconds, also while systemd runs the job it is about.</summary>
    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(10);

    /// <summary>Where it is, by whatever PATH this was started with; the last is NixOS'.</summary>
    private const string Places = $"{ProgramSearch.DefaultPath}:/run/current-system/sw/bin";

    /// <summary>Whether systemd runs this machine (sd_booted(3)).</summary>
    public static bool IsThere => Directory.Exists("/run/systemd/system");

    /// <summary>Its output where it did as it was told.</summary>
    /// <exception cref="OperationFailedException">It could not be run, or did not: with its words.</exception>
    public static string Do(params ImmutableArray<string> arguments) => Do(arguments, Limit);

    /// <summary>Before something is done that systemd has to be told of.</summary>
    /// <exception cref="OperationFailedException">There is no systemctl.</exception>
    public static void Require() => _ = Find("systemctl");

    /// <summary>Those of the units whose files have changed since systemd read them.</summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static ImmutableArray<string> Outdated(IEnumerable<string> units) =>
        [.. ShowEach(units, "Id", "NeedDaemonReload").Where(u => u.GetValueOrDefault("NeedDaemonReload") == "yes").Select(u => u.GetValueOrDefault("Id", string.Empty))];

    /// <summary>Every job, a line each. Not of one unit: a name is a pattern there, in which the backslashes of escaped names mean something else.</summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static string ListJobs() => Do(["list-jobs", "--plain", "--no-legend", "--full"], QuestionLimit);

    /// <summary>What systemd says of a unit, by property.</summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static ImmutableDictionary<string, string> Show(string unit, params IEnumerable<string> properties) =>
        UnitListing.Properties(Shown(properties, unit));

    /// <summary>The same of several units, in their order.</summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static ImmutableArray<ImmutableDictionary<string, string>> ShowEach(IEnumerable<string> units, params IEnumerable<string> properties) =>
        UnitListing.Units(Shown(properties, [.. units]));

    private static string Shown(IEnumerable<string> properties, params ImmutableArray<string> units) =>
        Do(["show", "-p", string.Join(',', properties), "--", .. units], QuestionLimit);

    private static string Do(ImmutableArray<string> arguments, TimeSpan limit)
    {
        var result = Run(arguments, limit);
        return result is { ExitStatus: 0, TimedOut: false }
            ? result.Output
            : throw new OperationFailedException(
                $"systemctl {string.Join(' ', arguments)} failed: {(result.TimedOut ? "no answer" : result.Errors.Trim())}");
    }

    /// <summary>What systemd knows of a unit; of one that it was not asked about where it does not run this machine.</summary>
    public static UnitProperties Look(string unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        if (!IsThere)
        {
            return new UnitProperties(unit);
        }

        var properties = UnitProperties.Of(unit, Show(unit, UnitProperties.Names));
        return properties.WithFiles([.. properties.Files.Select(Read)]);
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperationFailedException($"{file} cannot be read, and what it binds is not known: {e.Message}");
        }
    }

    /// <summary>Whether a unit runs (or listens) and will do so after the next start of the machine.</summary>
    public static bool IsEnabledAndActive(string unit) =>
        Run(["is-enabled", "--quiet", "--", unit], QuestionLimit).ExitStatus == 0 && Run(["is-active", "--quiet", "--", unit], QuestionLimit).ExitStatus == 0;

    private static CommandResult Run(ImmutableArray<string> arguments, TimeSpan limit) =>
        Run("systemctl", ["--no-pager", "--no-ask-password", .. arguments], limit);

    /// <summary>Another of systemd's programs, found in the same way.</summary>
    /// <param name="stop">Ends it as its time does.</param>
    /// <exception cref="OperationFailedException">There is none of that name.</exception>
    internal static CommandResult Run(string name, ImmutableArray<string> arguments, TimeSpan limit, CancellationToken stop = default) =>
        Command.Run(new SpawnRequest(Find(name), arguments), [], limit, stop);

    private static string Find(string name) =>
        ProgramSearch.Find(name, ProgramSearch.OwnPath) ?? ProgramSearch.Find(name, Places)
            ?? throw new OperationFailedException($"there is no {name} in PATH, nor in {Places}");
}
