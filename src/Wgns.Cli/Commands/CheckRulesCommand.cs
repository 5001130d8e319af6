using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Wgns.Cli.Output;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Nftables;

namespace Wgns.Cli.Commands;

/// <summary>
/// The hidden verb behind `check` without root: nft wants CAP_NET_ADMIN even to say whether rules are right, which a
/// process has in a user namespace of its own.
/// </summary>
internal static class CheckRulesCommand
{
    internal const string HiddenVerb = "__check-rules";

    /// <summary>Reads rules on standard input; prints "line TAB column TAB message" for each error.</summary>
    internal static int RunInside()
    {
        using var netns = Netns.OfThisThread();
        using var input = new StreamReader(Console.OpenStandardInput());
        var text = input.ReadToEnd();
        foreach (var error in RulesCheck.Errors(text, () => NftNetns.Check(netns.Fd, text), () => NftNetns.Try(netns.Fd, text)))
        {
            var message = error.File is null ? error.Message : $"{error.File}:{error.Line}: {error.Message}";
            var (line, column) = error.Place;
            Terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line}\t{column}\t{message.ReplaceLineEndings(" ")}"));
        }

        return ExitStatus.Done;
    }

    internal static ImmutableArray<NftError> Parse(string output) =>
    [
        .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split('\t', 3))
            .Where(p => p.Length == 3)
            .Select(p => new NftError(null, Number(p[0]), Number(p[1]), Number(p[1]), p[2], null)),
    ];

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>nft's verdict on rules, in whichever throw-away netns this user can have.</summary>
internal static class RulesDryRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static UserNamespaceRequest Request(string text) =>
        new([CheckRulesCommand.HiddenVerb]) { Input = Encoding.UTF8.GetBytes(text), Timeout = Limit };

    internal static RulesVerdict Run(string text)
    {
        if (Environment.IsPrivilegedProcess)
        {
            return RulesCheck.DryRunHere(text);
        }

        return UserNamespaceProcess.Run(Request(text)) switch
        {
            UserNamespaceResult.Ended { Command: { ExitStatus: 0 } command } =>
                new RulesVerdict(CheckRulesCommand.Parse(command.Output), null),
            UserNamespaceResult.Ended { Command: var command } =>
                new RulesVerdict([], command.TimedOut ? "nft took too long" : command.Errors.Trim()),
            UserNamespaceResult.Unavailable(var step, var errno) =>
                new RulesVerdict([], $"{step}: {errno}; as root they would be"),
            _ => throw new UnreachableException(),
        };
    }
}
