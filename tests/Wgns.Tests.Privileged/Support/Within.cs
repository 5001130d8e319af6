namespace Wgns.Tests.Privileged;

/// <summary>
/// Commands in a network namespace, by its name below /run/netns or by the path of its file; null is the one that we are in.
/// Nothing else of them changes.
/// </summary>
internal static class Within
{
    internal static string Run(string? netns, params string[] command)
    {
        var words = Words(netns, command);
        return Tool.Run(words[0], words[1..]);
    }

    internal static Tool.Answer Ask(string? netns, params string[] command)
    {
        var words = Words(netns, command);
        return Tool.Ask(words[0], words[1..]);
    }

    internal static Running Start(string? netns, params string[] command) => Start(netns, command, null, null);

    internal static Running Start(string? netns, string[] command, string? directory, IReadOnlyDictionary<string, string?>? environment)
    {
        var words = Words(netns, command);
        return new Running(words[0], words[1..], directory, environment);
    }

    /// <summary>The words of a command that does so, for who starts it in a way of their own.</summary>
    internal static string[] Words(string? netns, params string[] command) =>
        netns is null ? command : ["nsenter", $"--net={(netns.Contains('/') ? netns : $"/run/netns/{netns}")}", .. command];
}
