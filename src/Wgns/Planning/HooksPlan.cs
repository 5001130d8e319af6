using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// When hooks run: only where an interface is made, or goes. A second `up` makes nothing and runs none; an interface
/// that is made anew under its old name has lost what they did to it and gets them again; one that stands after its engine crashed has not.
/// </summary>
internal static class HooksPlan
{
    internal static bool AreDue(DesiredState desired, ObservedState observed, ImmutableArray<DesiredInterface> interfaces) =>
        !desired.Hooks.IsEmpty
        && (observed.Record?.Hooks is { IsPending: true }
            || (interfaces.IsEmpty
                ? observed.Netns != NetnsPresence.Present || observed.Record?.Hooks is null
                : interfaces.Any(i => !InterfacePlan.Stands(i, observed))));

    /// <summary>A command each; with the first that is done, the opposite ones are due should a later step fail.</summary>
    internal static IEnumerable<Step> PreUp(DesiredState desired) =>
        Up(desired, HookPhase.PreUp, desired.Hooks.PreUp, HookPhase.PostDown, desired.Hooks.PostDown);

    internal static IEnumerable<Step> PostUp(DesiredState desired) =>
        Up(desired, HookPhase.PostUp, desired.Hooks.PostUp, HookPhase.PreDown, desired.Hooks.PreDown);

    /// <summary>What a closing runs, by the record. With its netns gone there is no inside for a command to run in.</summary>
    internal static IEnumerable<Step> Down(ObservedState observed, HookPhase phase)
    {
        var record = observed.Record!;
        var all = (phase == HookPhase.PreDown ? record.Hooks?.PreDown : record.Hooks?.PostDown) ?? [];
        var isThere = observed.Netns == NetnsPresence.Present && Ownership.OwnsNetns(observed);
        return
        [
            .. from hook in all
               where isThere || hook.Where == HookPlace.Host
               select new Step(new RunHooks(observed.Name, Ifnames(record.Interfaces.Select(i => i.Ifname)), phase, [hook])),
        ];
    }

    internal static HooksRecord? Record(HooksConfig hooks, bool isPending) =>
        hooks.IsEmpty ? null : new HooksRecord(hooks.PreDown, hooks.PostDown, isPending);

    private static IEnumerable<Step> Up(
        DesiredState desired, HookPhase phase, ImmutableArray<HookCommand> hooks, HookPhase opposite, ImmutableArray<HookCommand> opposites)
    {
        var ifnames = Ifnames(desired.Interfaces.Select(i => i.Ifname));
        Operation? undo = opposites.IsEmpty ? null : new RunHooks(desired.Name, ifnames, opposite, opposites);
        return hooks.Select((hook, i) => new Step(new RunHooks(desired.Name, ifnames, phase, [hook]), i == 0 ? undo : null));
    }

    private static string Ifnames(IEnumerable<string> names) => string.Join(' ', names);
}
