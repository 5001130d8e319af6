using System.CommandLine;
using System.CommandLine.Parsing;

namespace Wgns.Cli.Commands;

/// <summary>
/// Words stay words. The library would look for a converter among one for each type that it knows, and ask reflection how an array of
/// strings is made: a hundred and fifty functions of a start that need none.
/// </summary>
internal static class PlainWords
{
    internal static void Keep(Command command)
    {
        foreach (var argument in command.Arguments)
        {
            if (argument is Argument<string> word)
            {
                word.CustomParser = One!;
            }
            else if (argument is Argument<string[]> words)
            {
                words.CustomParser = All;
            }
        }

        foreach (var option in command.Options)
        {
            if (option is Option<string> word)
            {
                word.CustomParser = One!;
            }
            else if (option is Option<string[]> words)
            {
                words.CustomParser = All;
            }
        }

        foreach (var below in command.Subcommands)
        {
            Keep(below);
        }
    }

    private static string? One(ArgumentResult result) => result.Tokens is [var token, ..] ? token.Value : null;

    private static string[] All(ArgumentResult result) => [.. result.Tokens.Select(t => t.Value)];
}
