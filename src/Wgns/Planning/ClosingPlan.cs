using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// What closes a namespace, in the order of law 1 (docs/ARCHITECTURE.md): lo, settings, rules and DNS files stand before there is a link
/// that could carry anything.
/// </summary>
internal static class ClosingPlan
{
    /// <param name="isFresh">The netns is made by this plan, or was by another and is taken as it is.</param>
    /// <param name="reloads">Whether the rules are to be loaded, see <see cref="RulesetPlan.IsNeeded"/>.</param>
    internal static IEnumerable<Step> Steps(DesiredState desired, ObservedState observed, bool isFresh, bool reloads) =>
    [
        .. observed.LoopbackUp ? Array.Empty<Step>() : [new Step(new SetLoopbackUp(desired.Name), desired.IsManaged ? null : new SetLoopbackDown(desired.Name))],
        .. SysctlPlan.ForLinksToCome(desired, observed, isFresh),
        .. reloads ? [RulesetPlan.Load(desired, observed)] : Array.Empty<Step>(),
        .. FilesPlan.Write(desired, observed),
    ];

    /// <summary>The file that an `ip netns` left whose namespace is gone.</summary>
    internal static IEnumerable<Step> TakeDownStaleName(DesiredState desired, ObservedState observed) =>
        observed.Netns == NetnsPresence.StaleFile ? [new Step(new DeleteNetns(desired.Name))] : [];
}
