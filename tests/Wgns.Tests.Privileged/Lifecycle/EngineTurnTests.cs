namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>The embedded engine's process is started before its turn, and is nobody's where that does not come.</summary>
[Category("UserNamespace")]
public sealed class EngineTurnTests
{
    [Test]
    public void It_waits_without_a_device_while_hooks_run_and_ends_with_an_up_that_is_killed()
    {
        using var lab = Hooked("echo > begun; sleep 4");
        using var up = Cli.Start("up", lab.Config);
        Until.True(() => Waiting(lab).Count == 1).Should().BeTrue();
        Until.True(() => Machine.StateOf(lab.Name) is not null && File.Exists($"/run/netns/{lab.Name}")).Should().BeTrue();
        Until.True(() => File.Exists($"{lab.Directory}/begun")).Should().BeTrue("the hook must run");
        Machine.Ip(lab.Name, "link", "show").Should().ContainSingle("only lo is there");
        Waiting(lab).Select(p => Machine.Link($"{p}/fd/1")).Should().Equal("/dev/null");

        up.Signal("KILL").End();

        Until.True(() => Waiting(lab).Count == 0).Should().BeTrue();
        Until.True(() => Machine.Engines(lab.Name).Count == 0).Should().BeTrue("the hook goes on to its end");
        Cli.Do("down", lab.Name);
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void A_step_that_fails_before_it_ends_it_too()
    {
        using var lab = Hooked("exit 7");

        Cli.Run("up", lab.Config).Exit.Should().Be(1);

        Waiting(lab).Should().BeEmpty();
        lab.Leftovers().Should().BeEmpty();
    }

    private static Lab Hooked(string command)
    {
        var lab = new Lab();
        lab.Extra = $"engine = \"embedded\"\nhooks.preUp = [{{ command = 'cd {lab.Directory}; {command}', where = 'host' }}]";
        lab.Save();
        return lab;
    }

    /// <summary>Processes that have the namespace among their arguments as the engine has.</summary>
    private static List<string> Waiting(Lab lab) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _))
            .Where(p => Arguments(p) is [_, .., "__engine", _, var netns, _] && netns == $"/run/netns/{lab.Name}"),
    ];

    private static string[] Arguments(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
