using Commands = Wgns.Tests.Privileged.Commands;

namespace Wgns.Tests.Privileged.Rootless;

/// <summary>`wgns import` for who is nobody special.</summary>
public sealed class ImportTests
{
    [Test]
    public void Where_nothing_may_be_written_that_is_said_and_no_key_shown()
    {
        using var lab = new Lab();
        var person = new Person(lab);
        var file = Commands.ImportTests.Write(lab);
        person.Own();
        var closed = Directory.CreateTempSubdirectory("wgns-closed-").FullName;
        try
        {
            foreach (var place in (string[])[closed + "/out.toml", closed + "/new/out.toml", "/proc/out.toml", file + "/out.toml", "/dev/null"])
            {
                var answer = person.Ask("import", file, "-o", place);
                answer.Exit.Should().Be(1, $"{place}: {answer.Words}");
                answer.Errors.Should().StartWith("wgns: error: ").And.NotContain(lab.Key).And.NotContain("   at ");
            }

            person.Ask("import", file).Exit.Should().Be(1);
            Directory.EnumerateFileSystemEntries(closed).Should().BeEmpty();
        }
        finally
        {
            Directory.Delete(closed);
        }
    }
}
