using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Linux;
using Wgns.Linux.Nftables;

namespace Wgns.Firewall;

/// <summary>Asks nft whether a configuration's rules would load, without loading them anywhere that matters.</summary>
public static class RulesCheck
{
    private const string Include = "include";

    /// <param name="dryRun">
    /// nft's verdict on a text in an empty netns; null where such a netns cannot be had, with the reason in words.
    /// </param>
    public static ImmutableArray<Diagnostic> Run(NamespaceConfig config, Func<string, RulesVerdict> dryRun)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(dryRun);
        var rules = config.ExtraFirewallRules;
        if (string.IsNullOrWhiteSpace(rules.Text))
        {
            // The default ruleset is ours, and the tests load it.
            return [];
        }

        if (RulesWaiting.In(rules.Text).ToList() is { Count: > 0 } waiting)
        {
            return [.. waiting.Select(found => Diagnostic.Error(
                rules.SpanAt(found.Line, found.Column),
                $"{found.Command} is no rule: it would wait for ever for what others change",
                "leave it out; `nft monitor` is for a terminal"))];
        }

        var ruleset = DefaultRuleset.Of(config);
        var verdict = dryRun(ruleset.Text);
        if (verdict.NotChecked is { } reason)
        {
            return
            [
                Diagnostic.Warning(rules.SpanAt(1, 1), $"extraFirewallRules: rules not checked: {reason}"),
                .. Unreached(rules),
                .. Discarded(rules),
                .. Elsewhere(config, rules),
            ];
        }

        return [.. verdict.Errors.Select(e => Place(e, rules, ruleset.LinesBeforeExtra)), .. Unreached(rules), .. Discarded(rules), .. Elsewhere(config, rules)];
    }

    /// <summary>nft's verdict in a throw-away netns of this process, which takes CAP_SYS_ADMIN.</summary>
    public static RulesVerdict DryRunHere(string text)
    {
        try
        {
            return new RulesVerdict(Errors(text, () => NftNetns.Check(text), () => NftNetns.Try(text)), null);
        }
        catch (Exception e) when (e is KernelException or MissingLibraryException)
        {
            return new RulesVerdict([], e.Message);
        }
    }

    /// <summary>
    /// What is wrong with the whole text. What a file does that it includes is in nobody's sight before it was loaded: then they are
    /// loaded, and the default table has to be there afterwards.
    /// </summary>
    /// <param name="check">A dry run.</param>
    /// <param name="load">A load into a netns that goes with its process or thread.</param>
    public static ImmutableArray<NftError> Errors(string text, Func<NftResult> check, Func<NftResult> load)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(load);
        if (!Includes(text))
        {
            return check().Errors;
        }

        var loaded = load();
        return loaded.Succeeded && !RulesListing.Stands(loaded.Output, DefaultRuleset.Table)
            ? [new NftError(null, 0, 0, 0, $"an included file throws table {DefaultRuleset.Table} away, as `flush ruleset` in it would", null)]
            : loaded.Errors;
    }

    /// <summary>Whether rules take in a file, which may be another one each time that they are loaded.</summary>
    public static bool Includes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        // Every load of rules asks, and the default ones need not be cut into words for it.
        return text.Contains(Include, StringComparison.Ordinal) && RulesTokens.Of(text).Exists(t => t.Text == Include);
    }

    private static Diagnostic Place(NftError error, RulesText rules, int before)
    {
        // Of an included file the place that includes it. No place at all, or (with a bug of ours) the default ruleset: the option itself.
        var (line, column) = error.Place;
        var where = error.File is { } file ? $"extraFirewallRules: nft in {file}:{error.Line}" : line > before ? "nft" : "extraFirewallRules: nft";
        var span = line > before ? rules.SpanAt(line - before, Math.Max(1, column)) : rules.SpanAt(1, 1);
        return Diagnostic.Error(span, $"{where}: {error.Message}");
    }

    private static IEnumerable<Diagnostic> Unreached(RulesText rules) =>
        RulesScan.UnreachedChains(rules.Text, DefaultRuleset.Table, DefaultRuleset.Chains).Select(chain => Diagnostic.Error(
            rules.SpanAt(chain.Line, chain.Column),
            $"chain {chain.Name} has no hook and nothing jumps to it: its rules would do nothing",
            chain.Name.StartsWith("my_", StringComparison.Ordinal)
                ? $"the default table is {DefaultRuleset.Table} with chains {string.Join(", ", DefaultRuleset.Chains)}: "
                    + $"write `table {DefaultRuleset.Table} {{ chain {Renamed(chain.Name)} {{ … }} }}`"
                : $"give it `type filter hook … priority …;`, or jump to it from a chain of table {DefaultRuleset.Table}"));

    private static IEnumerable<Diagnostic> Discarded(RulesText rules) =>
        RulesDiscard.In(rules.Text, DefaultRuleset.Table).Select(found => Diagnostic.Error(
            rules.SpanAt(found.Line, found.Column),
            $"{found.Command} would leave the namespace without the default rules",
            "leave it out: wgns itself replaces the whole ruleset with each load"));

    private static IEnumerable<Diagnostic> Elsewhere(NamespaceConfig config, RulesText rules) => config.IsManaged
        ? []
        : RulesElsewhere.In(rules.Text, DefaultRuleset.Table).Select(found => Diagnostic.Error(
            rules.SpanAt(found.Line, found.Column),
            $"managed is false, and \"{found.Command}\" is not of table {DefaultRuleset.Table}",
            $"in a namespace that somebody else made wgns has that table alone, and takes it away: write `add rule {DefaultRuleset.Table} …`"));

    // The original flake's chains were my_input, my_forward and my_output.
    private static string Renamed(string chain) =>
        DefaultRuleset.Chains.FirstOrDefault(c => chain.EndsWith(c, StringComparison.Ordinal)) ?? "output";
}

/// <summary>What nft said.</summary>
/// <param name="NotChecked">Why it could not be asked; null where it was.</param>
public sealed record RulesVerdict(ImmutableArray<NftError> Errors, string? NotChecked);
