using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Wgns.Tests.Privileged.Rootless;

/// <summary>`wgns demo` as an ordinary user: the same tour, in namespaces of its own, and nothing afterwards.</summary>
public sealed class DemoTests
{
    [Test]
    public void It_shows_everything_to_a_user_without_root_and_leaves_nothing()
    {
        using var lab = new Lab();
        var person = new Person(lab);

        var answer = person.Ask("demo");

        answer.Exit.Should().Be(0, answer.Words);
        answer.Output.Should().Contain("All 8 checks passed").And.NotContain("✗").And.NotContain("[no]");
        Regex.Count(answer.Output, @"^ +(✓|\[ok\]) ", RegexOptions.Multiline).Should().Be(8, answer.Output);
        answer.Output.Should().Contain("A throw-away").And.Contain("Through the tunnel").And.Contain("The provider goes away")
            .And.MatchRegex("the resolver was asked (once|[0-9]+ times), by 10\\.86\\.[0-9]+\\.2\n").And.Contain("HTTP 200, \"Hello, 10.86.");
        answer.Errors.Should().BeEmpty();
        NothingIsLeft(person, lab);
    }

    /// <summary>The terminal signals every process that is in front.</summary>
    [TestCase("1  A throw-away")]
    [TestCase("   configure wgns-demo")]
    [TestCase("5  Through the tunnel")]
    [TestCase("6  The provider goes away")]
    public void Ctrl_C_anywhere_leaves_nothing(string moment)
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var demo = person.Start("setsid", person.Program, "demo");
        Until.True(() => demo.Lines().Contains(moment.Trim(), StringComparison.Ordinal) || demo.HasEnded, 30).Should().BeTrue();

        Tool.Run("kill", "-INT", "--", $"-{Person.Text(demo.Pid)}");

        var answer = demo.End();
        answer.Exit.Should().Be(130, answer.Words);
        answer.Words.Should().Contain("interrupted").And.NotContain("something is left");
        NothingIsLeft(person, lab);
    }

    /// <summary>The keys themselves, at a terminal of its own.</summary>
    [Test]
    public void The_keys_of_a_terminal_end_it()
    {
        Tool.Needs("script", "script(1) is not installed");
        using var lab = new Lab();
        var person = new Person(lab);
        using var demo = person.Start("script", "-qefc", $"'{person.Program}' demo", "/dev/null");
        Until.True(() => demo.Lines().Contains("Through the tunnel", StringComparison.Ordinal) || demo.HasEnded, 30).Should().BeTrue();

        demo.Say("\x03");

        Until.True(() => demo.HasEnded).Should().BeTrue("Ctrl-C ends it");
        demo.End().Exit.Should().Be(130, demo.Lines());
        NothingIsLeft(person, lab);
    }

    [Test]
    public void Killed_with_9_it_leaves_no_process_and_the_next_one_no_file()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        using var killed = person.Wgns("demo");
        Until.True(() => killed.Lines().Contains("5  Through the tunnel", StringComparison.Ordinal) || killed.HasEnded, 30).Should().BeTrue();

        Person.Kill(killed.Pid);

        killed.End().Exit.Should().NotBe(0);
        Until.True(() => !Mine(lab).Any()).Should().BeTrue();
        person.Do("demo").Should().Contain("All 8 checks passed");
        NothingIsLeft(person, lab);
    }

    private static void NothingIsLeft(Person person, Lab lab)
    {
        Until.True(() => !Mine(lab).Any()).Should().BeTrue(string.Join('\n', Mine(lab).Select(CommandLine)));
        person.Files().Should().BeEmpty();
    }

    /// <summary>Processes with this lab's home: whatever the demo started has it in its environment.</summary>
    private static IEnumerable<int> Mine(Lab lab) =>
        from directory in Directory.EnumerateDirectories("/proc")
        where int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out _) && Read(directory + "/environ").Contains($"HOME={lab.Directory}\0", StringComparison.Ordinal)
        select int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture);

    private static string CommandLine(int process) => Read($"/proc/{Person.Text(process)}/cmdline").Replace('\0', ' ');

    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // it ended while we looked
        }
    }
}
