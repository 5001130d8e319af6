using System.Collections.Immutable;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>An operation and what takes it back; null where nothing has to be (it vanishes with something else).</summary>
public sealed record Step(Operation Do, Operation? Undo = null)
{
    /// <summary>What was there before and comes back with the next run only, in words; null where nothing is lost.</summary>
    public string? Lost { get; init; }
}

/// <summary>What to do, in order, and what to write down about it.</summary>
/// <param name="Intent">What the run owns or will own, written before its first operation.</param>
/// <param name="Outcome">What is owned when all is done; null where nothing is, and the record goes.</param>
/// <param name="Before">The record as it was, put back when the run is undone; null where there was none.</param>
public sealed record Plan(
    string Name,
    ImmutableArray<Step> Steps,
    StateRecord? Intent,
    Outcome? Outcome,
    StateRecord? Before)
{
    public bool IsEmpty => Steps.IsEmpty;
}

/// <summary>What of the record stays when a run has succeeded; the rest was taken down by it.</summary>
/// <param name="Kernel">Those of <paramref name="Ifnames"/> that the kernel runs: an engine that they had has been stopped.</param>
public sealed record Outcome(
    ImmutableArray<string> Ifnames, ImmutableArray<string> Files, ImmutableArray<string> Kernel)
{
    /// <summary>What is left to run when the tunnel is closed.</summary>
    public HooksRecord? Hooks { get; init; }

    /// <summary>Where the sockets of <see cref="Ifnames"/> are now; one that is not here has stayed where it was.</summary>
    public ImmutableArray<(string Ifname, BirthplaceRecord? Birthplace)> Birthplaces { get; init; } = [];

    /// <summary>Links to the host that stay.</summary>
    public ImmutableArray<HostLinkName> HostLinks { get; init; } = [];

    /// <summary>Settings of the host's that stay ours.</summary>
    public ImmutableArray<SysctlRecord> Forwarding { get; init; } = [];

    /// <summary>Ports of the host's that stay ours.</summary>
    public ImmutableArray<LinkPortRecord> LinkPorts { get; init; } = [];

    /// <summary>Of a run that only closes the namespace: where it was ours before, its tunnel and its link stay as they are.</summary>
    internal static Outcome OfHold(StateRecord intent, DesiredState desired, bool isAgain) => new(
        isAgain ? [.. intent.Interfaces.Select(i => i.Ifname)] : [], [.. desired.Files.Select(f => f.Path)], [])
    {
        Hooks = intent.Hooks,
        HostLinks = isAgain ? [.. intent.HostLinks.Select(l => l.Name)] : [],
        Forwarding = isAgain ? intent.Forwarding : [],
        LinkPorts = isAgain ? intent.LinkPorts : [],
    };

    public StateRecord Of(StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record with
        {
            Interfaces = 
            [
                .. record.Interfaces
                    .Where(i => Ifnames.Contains(i.Ifname))
                    .Select(i => Kernel.Contains(i.Ifname) ? i with { Engine = null } : i)
                    .Select(i => Birthplaces.Any(b => b.Ifname == i.Ifname) ? i with { Birthplace = Birthplaces.First(b => b.Ifname == i.Ifname).Birthplace } : i),
            ],
            Files = [.. record.Files.Where(f => Files.Contains(f))],
            HostLinks = [.. record.HostLinks.Where(l => HostLinks.Contains(l.Name))],
            Forwarding = Forwarding,
            LinkPorts = LinkPorts,
            Hooks = Hooks,
        };
    }
}

/// <summary>A plan, or the reasons why there can't be one, each with its cure.</summary>
public sealed record PlanResult(Plan? Plan, ImmutableArray<Obstacle> Obstacles)
{
    public static PlanResult Of(Plan plan) => new(plan, []);
}

/// <summary>Something that stands in the way and is not wgns's to remove.</summary>
public sealed record Obstacle(string Message, string Hint);
