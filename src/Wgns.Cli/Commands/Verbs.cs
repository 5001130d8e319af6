using System.CommandLine;
using System.CommandLine.Help;
using Wgns.Cli.Output;
using Wgns.Configuration;

namespace Wgns.Cli.Commands;

/// <summary>Every verb, in the order that help lists them.</summary>
internal static class Verbs
{
    private static readonly (string Name, Func<Command> Build)[] All =
    [
        ("up", UpCommand.Build),
        ("down", DownCommand.Build),
        ("reload", ReloadCommand.Build),
        ("plan", PlanCommand.Build),
        ("check", CheckCommand.Build),
        ("status", StatusCommand.Build),
        ("list", ListCommand.Build),
        ("exec", ExecCommand.Build),
        ("run", RunCommand.Build),
        ("attach", AttachCommand.Build),
        ("verify", VerifyCommand.Build),
        ("import", ImportCommand.Build),
        ("supervise", SuperviseCommand.Build),
        ("forward", ForwardCommand.Build),
        ("hold", HoldCommand.Build),
        ("release", ReleaseCommand.Build),
        ("units", UnitsCommand.Build),
        ("genkey", GenkeyCommand.Build),
        ("genpsk", GenpskCommand.Build),
        ("pubkey", PubkeyCommand.Build),
        ("demo", DemoCommand.Build),
        ("completion", CompletionCommand.Build),
    ];

    /// <summary>"Did you mean"; null where nothing is near that can stand there.</summary>
    internal static string? Nearest(string word) =>
        word is "-v" or "-V" ? VersionText.Option : Suggestion.For(word, [.. All.Select(v => v.Name), "--help", VersionText.Option]);

    /// <summary>A command line as it was given: "@key" is a name, and no file whose words are to be read for arguments and shown in errors.</summary>
    internal static ParseResult Parse(string[] args)
    {
        var root = Root(args);
        var words = CommandWords.SetApart(args, root);
        foreach (var verb in root.Subcommands)
        {
            UsageErrors.RefuseValuesOfFlags(words, verb);
        }

        return root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    /// <summary>
    /// The root with the one verb that was called, where it is one, and with what only help needs where that was asked
    /// for: most of a start's time would go into the rest.
    /// </summary>
    internal static Command Root(string[] args)
    {
        const string About = "Gives programs a network they cannot leak out of: a network namespace whose only way out is WireGuard.";
        var called = args.Length > 0 ? All.Where(v => v.Name == args[0]).ToArray() : [];
        var root = called.Length > 0 && !args.TakeWhile(a => a != "--").Any(AsksForHelp) ? new Command("wgns", About) : new RootCommand(About);
        foreach (var verb in called.Length > 0 ? called : All)
        {
            root.Subcommands.Add(verb.Build());
        }

        PlainWords.Keep(root);

        if (root.Options.OfType<HelpOption>().FirstOrDefault() is { Action: HelpAction ofVerbs } help)
        {
            help.Action = new VerbList(ofVerbs, CommandWords.Are);
        }

        return root;
    }

    // HelpOption's aliases.
    private static bool AsksForHelp(string argument) => argument is "-h" or "--help" or "-?" or "/h" or "/?";
}

/// <summary>`wgns --version`</summary>
internal static class VersionText
{
    internal const string Option = "--version";

    internal static int Write()
    {
        Terminal.Out.WriteLine($"wgns {BuildVersion.Text}");
        return ExitStatus.Done;
    }
}
