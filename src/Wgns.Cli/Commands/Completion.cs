using System.CommandLine;
using Wgns.Configuration;
using Wgns.Importers;

namespace Wgns.Cli.Commands;

/// <summary>Where what completes a word is looked for.</summary>
/// <param name="Namespaces">Names of namespaces that stand.</param>
/// <param name="Configurations">The directory of NAME.toml.</param>
/// <param name="Units">Directories of systemd's units.</param>
internal sealed record CompletionSources(IReadOnlyList<string> Namespaces, string Configurations, IReadOnlyList<string> Units);

/// <summary>
/// What a word of a command line may become, for the scripts of `wgns completion`: words, and kinds of words that a shell knows better,
/// each of which begins with a colon.
/// </summary>
internal static class Completion
{
    /// <summary>Paths of files and directories.</summary>
    internal const string Files = ":files";

    /// <summary>Programs, by name.</summary>
    internal const string Commands = ":commands";

    /// <summary>Users, by name.</summary>
    internal const string Users = ":users";

    /// <summary>Groups, by name.</summary>
    internal const string Groups = ":groups";

    /// <summary>For the last word of the line, which is empty where the line ends with a space.</summary>
    internal static IReadOnlyList<string> Of(string line, CompletionSources sources)
    {
        var words = Split(line);
        var current = words[^1];
        // Of every verb but the one that was typed only the name is needed.
        Command command = Verbs.Root([.. words.Skip(1).Take(1)]);
        Option? open = null;
        var arguments = 0;
        var at = 1;
        for (; at < words.Count - 1 && words[at] != "--"; at++)
        {
            var word = words[at];
            if (open is not null)
            {
                open = null;
            }
            else if (word.StartsWith('-'))
            {
                open = word.Contains('=', StringComparison.Ordinal) ? null : Taking(command, word);
            }
            else if (command.Subcommands.FirstOrDefault(c => c.Name == word) is { } verb)
            {
                command = verb;
            }
            else
            {
                arguments++;
            }
        }

        if (at < words.Count - 1)
        {
            arguments += words.Count - 2 - at;
        }
        else if (open is not null)
        {
            return Beginning(current, OfOption(open, sources));
        }
        else if (current.StartsWith("--", StringComparison.Ordinal) && current.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
        {
            var values = Taking(command, current[..equals]) is { } option ? OfOption(option, sources) : [];
            return [.. Beginning(current[(equals + 1)..], values).Select(v => v.StartsWith(':') ? v : $"{current[..(equals + 1)]}{v}")];
        }
        else if (current.StartsWith('-'))
        {
            return Beginning(current, Options(command));
        }

        string[] found = [.. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];
        found = found.Length > 0 ? found : [.. OfArgument(command, arguments, sources)];
        return Beginning(current, found.Length > 0 || command.Arguments.Count > 0 ? found : Options(command));
    }

    private static IEnumerable<string> Options(Command command) =>
        command.Options.Where(o => !o.Hidden).Select(o => o.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal)).Append("--help").Distinct();

    private static Option? Taking(Command command, string name) =>
        command.Options.FirstOrDefault(o => (o.Name == name || o.Aliases.Contains(name)) && o.ValueType != typeof(bool) && o.Arity.MaximumNumberOfValues > 0);

    private static IEnumerable<string> OfOption(Option option, CompletionSources sources) => option.Name switch
    {
        "--user" => [Users],
        "--group" => [Groups],
        "--workdir" or "--output" or "--allow" => [Files],
        "--netns" => sources.Namespaces,
        _ => option.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(c => c.Label),
    };

    private static IEnumerable<string> OfArgument(Command command, int number, CompletionSources sources)
    {
        if (command.Arguments.Count == 0)
        {
            return [];
        }

        var isLast = number >= command.Arguments.Count - 1;
        var argument = command.Arguments[isLast ? ^1 : number];
        var further = isLast ? number - command.Arguments.Count + 1 : 0;
        if (further >= argument.Arity.MaximumNumberOfValues)
        {
            return [];
        }

        return argument.Name switch
        {
            // Reload takes the name of a namespace that a user keeps, too.
            "CONFIG" => [.. (command.Name == "reload" ? sources.Namespaces : []).Concat(Configurations(sources)).Distinct(), Files],
            "NAME" => sources.Namespaces.Concat(command.Name is "exec" or "status" ? [] : Configurations(sources)).Distinct(),
            "NAME|CONFIG" => [.. sources.Namespaces.Concat(Configurations(sources)).Distinct(), Files],
            "SERVICE" => Units(sources),
            "COMMAND" => [further == 0 ? Commands : Files, .. further == 0 ? [Files] : Array.Empty<string>()],
            "[FORMAT] FILE" => [.. further == 0 ? ForeignFormats.ByName.Keys : [], Files],
            "ENTRIES" => [Files],
            _ => argument.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(c => c.Label),
        };
    }

    private static IEnumerable<string> Configurations(CompletionSources sources) =>
        In(sources.Configurations, "*.toml").Select(file => Path.GetFileNameWithoutExtension(file)!).Where(n => Names.NamespaceProblem(n) is null);

    private static IEnumerable<string> Units(CompletionSources sources) =>
        sources.Units.SelectMany(directory => In(directory, "*.service").Concat(In(directory, "*.socket"))).Select(file => Path.GetFileName(file)!).Distinct();

    private static IEnumerable<string> In(string directory, string pattern)
    {
        try
        {
            return Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory, pattern).Order(StringComparer.Ordinal)] : [];
        }
        catch (UnauthorizedAccessException)
        {
            // Who may not see the names types them.
            return [];
        }
    }

    private static string[] Beginning(string with, IEnumerable<string> words) =>
        [.. words.Where(word => word.StartsWith(':') || word.StartsWith(with, StringComparison.Ordinal))];

    /// <summary>As a shell does, as far as it matters here: quotes and backslashes are taken off.</summary>
    private static List<string> Split(string line)
    {
        List<string> words = [];
        var word = new System.Text.StringBuilder();
        var (quote, isOpen) = ('\0', false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote == '\0' && c is ' ' or '\t')
            {
                if (isOpen)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                isOpen = false;
                continue;
            }

            isOpen = true;
            if (c == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else
            {
                word.Append(c);
            }
        }

        words.Add(word.ToString());
        return words;
    }
}
