using System.Collections.Immutable;
using System.CommandLine;
using Wgns.Cli.Output;

namespace Wgns.Cli.Commands;

/// <summary>
/// Where the words of the command begin that `exec` and `run` take, for who leaves `--` out, as sudo(8), env(1) and `ip netns exec` let them:
/// what follows its first word is the command's own. Else `exec vpn curl --user me:secret URL` would be a user of ours.
/// </summary>
internal static class CommandWords
{
    private const string Separator = "--";
    private const string ArgumentName = "COMMAND";

    internal static Argument<string[]> Argument(ArgumentArity arity) => new(ArgumentName) { Description = "the command and its arguments, after --", Arity = arity };

    /// <summary>Whether a verb of ours ends in a command.</summary>
    internal static bool Are(Command verb) => verb.Arguments.LastOrDefault() is { Name: ArgumentName };

    /// <summary>The command line with <c>--</c> before the command where there is a command and no <c>--</c>.</summary>
    internal static string[] SetApart(string[] args, Command root)
    {
        if (args.Length == 0 || root.Subcommands.FirstOrDefault(c => c.Name == args[0]) is not { } verb || !Are(verb))
        {
            return args;
        }

        // One word before the command is ours: NAME or CONFIG.
        var own = 0;
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == Separator)
            {
                return args;
            }

            if (args[i].Length > 1 && args[i][0] == '-')
            {
                i += TakesNext(args[i], verb) ? 1 : 0;
            }
            else if (++own > 1)
            {
                return [.. args[..i], Separator, .. args[i..]];
            }
        }

        return args;
    }

    /// <summary>The words as they were given: for an array of them the library would ask reflection, which takes a start some time.</summary>
    internal static ImmutableArray<string> Of(ParseResult parsed, Argument words) =>
        parsed.GetResult(words) is { } result ? [.. result.Tokens.Select(t => t.Value)] : [];

    /// <summary>What is wrong where an option that nobody has stands before the command, and so was taken for its first word; else null.</summary>
    internal static string? Problem(ParseResult parsed, ImmutableArray<string> words) =>
        words is [['-', _, ..] word, ..] && !parsed.Tokens.SkipWhile(t => t.Value != Separator).Skip(1).Select(t => t.Value).SequenceEqual(words)
            ? UsageErrors.NoOption(word, parsed.CommandResult.Command)
            : null;

    /// <summary>True, with that said.</summary>
    internal static bool AreMistyped(ParseResult parsed, ImmutableArray<string> words)
    {
        if (Problem(parsed, words) is not { } problem)
        {
            return false;
        }

        Terminal.Fail(problem);
        UsageErrors.PointToHelp(parsed);
        return true;
    }

    private static bool TakesNext(string word, Command verb) =>
        verb.Options.Any(o => o.Arity.MinimumNumberOfValues > 0 && (o.Name == word || o.Aliases.Contains(word)));
}
