using System.Text;
using Wgns.Firewall;
using Wgns.Linux.Libcrypto;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>Decides whether the rules in the namespace are still the ones that were loaded.</summary>
public static class RulesetPlan
{
    /// <summary>SHA-256, so that the record stays small however long the rules are.</summary>
    public static string Digest(string text) => Sha256.Hex(Encoding.UTF8.GetBytes(text));

    /// <summary>Of a listing, what stays the same while nobody changes the rules.</summary>
    public static string DigestOfListing(string listing) => Digest(RulesListing.Lasting(listing));

    /// <summary>True where the text was changed, was never loaded, or nft's listing differs from the one after loading.</summary>
    public static bool IsNeeded(DesiredState desired, ObservedState observed)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(observed);
        return observed.Netns != NetnsPresence.Present
            || observed.Record?.RulesetText != Digest(desired.Ruleset)
            || HasDrifted(observed);
    }

    /// <summary>True where somebody changed the rules since they were loaded.</summary>
    public static bool HasDrifted(ObservedState observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return observed.RulesetListing is null || observed.Record?.RulesetListing != DigestOfListing(observed.RulesetListing);
    }

    internal static Step Load(DesiredState desired, ObservedState observed)
    {
        // nft's listing is itself a ruleset that loads: going back is loading what was there.
        Operation? undo = observed.RulesetListing switch
        {
            null => null,
            "" when !desired.IsManaged => new DeleteRuleset(desired.Name),
            var listing => new LoadRuleset(desired.Name, RulesListing.Loadable(listing), desired.IsManaged),
        };
        return new Step(new LoadRuleset(desired.Name, desired.Ruleset, desired.IsManaged), undo);
    }
}
