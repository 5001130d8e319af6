using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Linux;
using Wgns.Systemd;

namespace Wgns.Cli.Commands;

/// <summary>When a `down` that a unit runs closes anything: docs/decisions/0007-a-userspace-engine-outlives-its-supervisor.md.</summary>
internal sealed class DownConditions
{
    private readonly Option<string?> _stopped = new("--when-stopped")
    {
        Description = "only where systemd is stopping this unit for good, not restarting it, and only what a unit holds: for its commands",
        HelpName = "UNIT",
    };

    private readonly Option<string?> _ended = new("--once-ended")
    {
        Description = "with --when-stopped: only where this unit has ended already, and closes nothing by itself",
        HelpName = "UNIT",
    };

    private readonly Option<string?> _inactive = new("--when-inactive")
    {
        Description = "only where this unit was stopped and is not about to start, and only what a unit holds: for another unit's commands",
        HelpName = "UNIT",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_stopped);
        command.Options.Add(_ended);
        command.Options.Add(_inactive);
        command.Needs(_ended, _stopped);
    }

    internal bool AreFor(ParseResult result) => result.GetValue(_stopped) is not null || result.GetValue(_inactive) is not null;

    /// <summary>What is asked before anything else: the job under which the command itself runs does not change by waiting.</summary>
    internal bool Hold(ParseResult result) => result.GetValue(_stopped) is not { } unit || IsStopped(unit, result.GetValue(_ended));

    /// <summary>What is asked under the namespace's lock, since the unit's next start could come in between.</summary>
    internal bool HoldUnderLock(ParseResult result) => result.GetValue(_inactive) is not { } unit || UnitJob.IsInactive(unit);

    /// <summary>Where systemd does not say, it is taken for a stop: closed is the safe end of a mistake.</summary>
    private static bool IsStopped(string unit, string? ended)
    {
        try
        {
            return UnitJob.IsStop(unit) && (ended is null || UnitJob.HasEnded(ended));
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            Terminal.Fail($"whether {unit} is being stopped or restarted is not known, and is taken for a stop: {e.Message}");
            return true;
        }
    }
}
