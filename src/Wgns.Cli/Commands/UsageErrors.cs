using System.CommandLine;
using System.CommandLine.Parsing;
using Wgns.Cli.Output;
using Wgns.Configuration;

namespace Wgns.Cli.Commands;

/// <summary>What is wrong with a command line, in the user's words: the parser's speak of types, and of what follows from another mistake.</summary>
internal static class UsageErrors
{
    internal static IReadOnlyList<(string Message, string? Hint)> Of(ParseResult parsed)
    {
        if (parsed.CommandResult.Command is { Subcommands.Count: > 0 } group && parsed.UnmatchedTokens is [var word, ..] && !word.StartsWith('-'))
        {
            // What follows it would have been that command's.
            var meant = Suggestion.For(word, group.Subcommands.Select(c => c.Name));
            return [($"{group.Name} has no command \"{word}\"", meant is null ? null : $"did you mean `wgns {group.Name} {meant}`?")];
        }

        // What a verb says itself tells more than what the parser makes of the rest.
        var own = parsed.Errors.Where(e => !IsParsers(e.Message)).Select(e => (e.Message, Hint: (string?)null)).ToList();
        var said = own.Count > 0 ? own : [.. parsed.Errors.Select(e => InOurWords(e, parsed))];
        return [.. said.Distinct()];
    }

    /// <summary>Where the rest is told, after what is wrong.</summary>
    internal static void PointToHelp(ParseResult parsed)
    {
        var verb = string.Empty;
        for (var at = parsed.CommandResult; at is { Parent: CommandResult above }; at = above)
        {
            verb = $" {at.Command.Name}{verb}";
        }

        Terminal.Error.WriteLine($"  `wgns{verb} --help` says more");
    }

    /// <summary>For a validator: an option that the command does not have, or not where it was written.</summary>
    internal static string NoOption(string word, Command? command)
    {
        if (command?.Options.Any(o => o.Name == word || o.Aliases.Contains(word)) == true)
        {
            return $"{word} stands behind the command's name: `wgns {command.Name} {word}`";
        }

        var known = command?.Options.SelectMany(o => o.Aliases.Append(o.Name)).Where(o => o.StartsWith("--", StringComparison.Ordinal)).Append("--help") ?? [];
        return Suggestion.For(word, known) is { } meant ? $"there is no option {word}; did you mean {meant}?" : $"there is no option {word}";
    }

    /// <summary>What stands behind "=" the parser would take for the first argument: `exec --isolate=no vpn` for a namespace called "no".</summary>
    internal static void RefuseValuesOfFlags(IReadOnlyList<string> words, Command verb)
    {
        foreach (var inner in verb.Subcommands)
        {
            RefuseValuesOfFlags(words, inner);
        }

        foreach (var word in words.TakeWhile(w => w != "--").Where(w => w.StartsWith('-') && w.Contains('=', StringComparison.Ordinal)))
        {
            var (name, value) = (word[..word.IndexOf('=', StringComparison.Ordinal)], word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            if (!bool.TryParse(value, out _) && verb.Options.OfType<Option<bool>>().Any(o => o.Name == name || o.Aliases.Contains(name)))
            {
                verb.Validators.Add(result => result.AddError($"{name} takes no value, and \"{value}\" is one"));
            }
        }
    }

    internal static string NoValue(string? option) => $"{option} takes a value, and there is none";

    /// <summary>The command that a symbol belongs to.</summary>
    internal static Command? CommandOf(SymbolResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult command)
            {
                return command.Command;
            }
        }

        return null;
    }

    private static bool IsParsers(string message) =>
        message.StartsWith("Required ", StringComparison.Ordinal) || message.StartsWith("Unrecognized command", StringComparison.Ordinal)
        || message.StartsWith("Cannot parse argument", StringComparison.Ordinal) || message.StartsWith("Argument '", StringComparison.Ordinal)
        || message.StartsWith("Option '", StringComparison.Ordinal);

    private static (string Message, string? Hint) InOurWords(ParseError error, ParseResult parsed)
    {
        var verb = parsed.CommandResult.Command.Name;
        var option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        return error.Message switch
        {
            var m when m.StartsWith("Unrecognized command", StringComparison.Ordinal) && Quoted(m) is { } word =>
                (word.StartsWith('-') ? NoOption(word, parsed.CommandResult.Command) : $"{verb} takes no \"{word}\"", null),
            var m when m.StartsWith("Cannot parse argument", StringComparison.Ordinal) && option?.Tokens is [var token, ..] =>
                ($"{option.Option.Name} is {token.Value}; it must be a number", null),
            var m when m.StartsWith("Argument '", StringComparison.Ordinal) && Quoted(m) is { } word =>
                ($"{option?.Option.Name ?? verb} takes no \"{word}\"", $"it takes one of {string.Join(", ", m.Split('\n').Skip(1).Select(l => l.Trim().Trim('\'')))}"),
            var m when m.StartsWith("Required argument missing for option", StringComparison.Ordinal) => (NoValue(Quoted(m)), null),
            var m when m.StartsWith("Required argument missing", StringComparison.Ordinal) && Missing(parsed) is { } name => ($"{name} is missing", null),
            var m when m.StartsWith("Option '", StringComparison.Ordinal) && m.EndsWith(" is required.", StringComparison.Ordinal) => ($"{Quoted(m)} is missing", null),
            var m when m.StartsWith("Required command", StringComparison.Ordinal) => ("there is no command", null),
            var m => (m, null),
        };
    }

    private static string? Missing(ParseResult parsed) =>
        parsed.CommandResult.Command.Arguments
            .FirstOrDefault(a => a.Arity.MinimumNumberOfValues > (parsed.GetResult(a)?.Tokens.Count ?? 0))?.Name.Split(' ')[^1];

    private static string? Quoted(string message)
    {
        var from = message.IndexOf('\'', StringComparison.Ordinal) + 1;
        var end = from == 0 ? -1 : message.IndexOf('\'', from);
        return end < 0 ? null : message[from..end];
    }
}
