using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Wgns.Cli.Output;

/// <summary>
/// The help of what has commands below it: `wgns` and `wgns units`. The parser's own list has an argument that may be left out like one
/// that may not, while the help of each command tells them apart: here both are the same.
/// </summary>
/// <param name="ofVerbs">Writes the help of all others.</param>
/// <param name="endsInWords">Whether a command of ours is followed by the words of another.</param>
internal sealed class VerbList(HelpAction ofVerbs, Func<Command, bool> endsInWords) : SynchronousCommandLineAction
{
    private const string Indent = "  ";

    public override bool ClearsParseErrors => ofVerbs.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        var (command, output) = (parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        if (command.Subcommands.Count == 0)
        {
            return endsInWords(command) ? WithOptionsBeforeWords(parseResult) : ofVerbs.Invoke(parseResult);
        }

        var isRoot = parseResult.CommandResult.Parent is null;
        var options = isRoot ? command.Options : command.Options.Concat(parseResult.RootCommandResult.Command.Options.Where(o => o.Recursive));
        output.WriteLine("Description:");
        Write(output, string.Empty, 0, command.Description);
        output.WriteLine();
        output.WriteLine("Usage:");
        output.WriteLine($"{Indent}wgns{(isRoot ? "" : $" {command.Name}")} [command] [options]");
        output.WriteLine();
        output.WriteLine("Options:");
        Write(output, [.. options.Where(o => !o.Hidden).Select(o => (Words(o), o.Description))]);
        output.WriteLine();
        output.WriteLine("Commands:");
        Write(output, [.. command.Subcommands.Where(c => !c.Hidden).Select(c => (Words(c), c.Description))]);
        output.WriteLine();
        return 0;
    }

    /// <summary>What stands behind the words of a command is the command's: by the parser's own usage line, options of ours would be there.</summary>
    private int WithOptionsBeforeWords(ParseResult parseResult)
    {
        var (configuration, command) = (parseResult.InvocationConfiguration, parseResult.CommandResult.Command);
        var output = configuration.Output;
        using var help = new StringWriter { NewLine = output.NewLine };
        configuration.Output = help;
        var status = ofVerbs.Invoke(parseResult);
        configuration.Output = output;
        var usage = Words(command);
        var words = Words(command.Arguments[^1]);
        var after = words.StartsWith('[') ? $"[-- {words.Trim('[', ']')}]" : $"-- {words}";
        output.Write(help.ToString().Replace($"{usage} [options]", $"{usage[..^words.Length]}[options] {after}", StringComparison.Ordinal));
        return status;
    }

    private static string Words(Option option) => string.Join(", ", option.Aliases.Where(a => !a.StartsWith('/')).Append(option.Name));

    /// <summary>As the usage line of its own help has it, without its options.</summary>
    private static string Words(Command command) => string.Join(' ', command.Arguments.Where(a => !a.Hidden).Select(Words).Prepend(command.Name));

    private static string Words(Argument argument)
    {
        var word = $"<{argument.Name}>{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{word}]" : word;
    }

    private void Write(TextWriter output, List<(string Words, string? Description)> rows)
    {
        var width = rows.Max(r => r.Words.Length) + Indent.Length;
        rows.ForEach(r => Write(output, r.Words, width, r.Description));
    }

    /// <summary>What does not fit on a line of the terminal goes on below its beginning.</summary>
    private void Write(TextWriter output, string first, int width, string? description)
    {
        var line = Indent + first.PadRight(width);
        var start = line.Length;
        foreach (var word in (description ?? string.Empty).Split(' '))
        {
            if (line.Length > start && line.Length + 1 + word.Length > ofVerbs.MaxWidth)
            {
                output.WriteLine(line);
                line = new string(' ', start);
            }

            line += line.Length > start ? $" {word}" : word;
        }

        output.WriteLine(line.TrimEnd());
    }
}
