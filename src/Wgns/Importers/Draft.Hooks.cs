using System.Text.RegularExpressions;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Toml;

namespace Wgns.Importers;

/// <summary>A hook of a foreign file.</summary>
/// <param name="Key">preUp and so on, as ours.</param>
/// <param name="What">The foreign key, for the report.</param>
/// <param name="Place">Where the foreign file says that it runs; null where it does not say.</param>
internal sealed record DraftHook(string Key, string What, string Command, HookPlace? Place, SourceSpan Span);

/// <summary>Hooks sleep as comments unless the user asked for them.</summary>
internal sealed partial class Draft
{
    internal void AddHook(DraftHook hook) => _hooks.Add(hook);

    /// <summary>
    /// The file that a hook `wg set IFACE private-key FILE` reads the key from, for an interface without a key of its own;
    /// null where there is none. A hook that does only that is needed no more and goes.
    /// </summary>
    internal TomlNode? KeyFileOfHook(string ifname)
    {
        foreach (var hook in _hooks.Where(h => h.Key is "postUp" or "preUp"))
        {
            if (SetsKey().Match(hook.Command) is not { Success: true } match || match.Groups["ifname"].Value != ifname)
            {
                continue;
            }

            var path = match.Groups["file"].Value;
            _hooks.Remove(hook);
            Note(hook.Span, $"{hook.What} `{hook.Command.Trim()}`", $"privateKeyFile = \"{path}\"");
            return Text(path, hook.Span);
        }

        return null;
    }

    /// <summary>[hooks] or its comments; when everything else is known.</summary>
    internal void AddHooks()
    {
        TomlTable? live = null;
        TomlTable? sleeping = null;
        foreach (var hook in _hooks.OrderBy(h => KnownKeys.Hooks.ToList().IndexOf(h.Key)))
        {
            var isSecret = HoldsKey(hook.Command);
            var place = hook.Place ?? Options.Hooks ?? HookPlace.Namespace;
            if (Options.Hooks is null || isSecret)
            {
                Add(ref sleeping, hook with { Command = Redacted(hook.Command) }, place);
                Note(
                    hook.Span,
                    $"{hook.What} `{hook.Command.Trim()}`",
                    isSecret
                        ? "not run, since it holds a key; a comment of the file has it without"
                        : "not run; a comment of the file has it, and --hooks=host|namespace makes hooks live");
            }
            else
            {
                Add(ref live, hook, place);
                Note(
                    hook.Span,
                    $"{hook.What} `{hook.Command.Trim()}`",
                    $"{hook.Key} of [hooks], run by /bin/sh in the {(place == HookPlace.Host ? "host's network" : "namespace")}");
            }
        }

        SleepingHooks = sleeping;
        if (live is not null)
        {
            Root.Add(new TomlEntry("hooks", Whole, live));
        }
    }

    private void Add(ref TomlTable? hooks, DraftHook hook, HookPlace place)
    {
        hooks ??= new TomlTable(Whole, TomlTableOrigin.Header, 1);
        if (hooks.Get(hook.Key) is not TomlArray array)
        {
            array = new TomlArray(Whole);
            hooks.Add(new TomlEntry(hook.Key, Whole, array));
        }

        array.Add(Inline(hook, place));
    }

    private TomlTable Inline(DraftHook hook, HookPlace place)
    {
        var table = new TomlTable(hook.Span, TomlTableOrigin.Inline, 3);
        table.Add(new TomlEntry("command", hook.Span, Text(hook.Command, hook.Span)));
        table.Add(new TomlEntry("where", hook.Span, Text(Word(place), hook.Span)));
        return table;
    }

    private static string Word(HookPlace place) => place == HookPlace.Host ? "host" : "namespace";

    // A plain path alone: what a shell would have to make sense of is no file's name.
    [GeneratedRegex(@"^\s*(ip\s+netns\s+exec\s+\S+\s+)?wg\s+set\s+(?<ifname>\S+)\s+private-key\s+(?<file>/[A-Za-z0-9_./@:+,-]+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex SetsKey();
}
