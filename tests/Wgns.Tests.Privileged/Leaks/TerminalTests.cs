namespace Wgns.Tests.Privileged.Leaks;

/// <summary>The terminal that a command shares with the shell outside that called it.</summary>
public sealed class TerminalTests
{
    private const string Typed = "out of the namespace";

    /// <summary>What is typed for the shell is its user's next command: outside, and root's where root gave the command to a user.</summary>
    [Test]
    public void A_command_types_nothing_for_the_shell_that_called_it_and_does_in_the_namespace_alone()
    {
        using var lab = new Lab();
        using var person = new Person(lab);
        lab.Up();
        var talker = person.Copy(Talker.Path);
        string[] asUser = ["setpriv", $"--reuid={Person.Uid}", $"--regid={Person.Uid}", "--clear-groups", talker, "type", Typed];
        var alone = InTerminal(Within.Words(lab.Name, asUser));
        if (!alone.Contains($"read: {Typed}", StringComparison.Ordinal))
        {
            Assert.Inconclusive($"this kernel lets nobody type for another (dev.tty.legacy_tiocsti): {alone}");
        }

        foreach (var user in (string[][])[["--user", $"{Person.Uid}:{Person.Uid}"], []])
        {
            var inside = InTerminal([Cli.Binary, "exec", lab.Name, .. user, "--", talker, "type", Typed]);
            inside.Should().Contain("Input/output error").And.Contain("read: nothing");
        }
    }

    /// <summary>What the command says, and then what the shell that called it reads.</summary>
    private static string InTerminal(IEnumerable<string> words)
    {
        var command = string.Join(' ', words.Select(w => $"'{w}'"));
        using var shell = Within.Start(null, "script", "-qefc", $"bash -c \"{command}; read -r -t 1 line; echo read: \\${{line:-nothing}}\"", "/dev/null");

        // The end of script's own input would be the end of the terminal's.
        Until.True(() => shell.Lines().Contains("read: ", StringComparison.Ordinal)).Should().BeTrue();
        return shell.End().Words;
    }
}
