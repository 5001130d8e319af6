using System.CommandLine;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Wgns.Cli.Commands;
using Wgns.Configuration;
using Wgns.Status;
using Wgns.Verification;

namespace Wgns.Tests.Cli;

/// <summary>The man pages describe all that there is, and nothing else.</summary>
internal sealed class ManPageTests
{
    private static readonly ManPage Program = ManPage.Named("wgns.1");

    private static readonly ManPage Configuration = ManPage.Named("wgns.toml.5");

    private static IEnumerable<string> VerbNames() => Verbs.Root([]).Subcommands.Select(c => c.Name);

    [Test]
    public void Every_verb_is_described_once_and_no_other()
    {
        Program.Section("COMMANDS").Items("Ic").Should().BeEquivalentTo(
            VerbNames(), "every verb of Verbs.cs has its `.It Ic VERB` in the COMMANDS of docs/man/wgns.1");
    }

    [TestCaseSource(nameof(VerbNames))]
    public void Every_option_of_a_verb_is_described_with_it_and_no_other(string verb)
    {
        var command = Verbs.Root([verb]).Subcommands.Single();
        var options = command.Options.Concat(command.Subcommands.SelectMany(c => c.Options)).DistinctBy(o => o.Name)
            .SelectMany(o => o.Aliases.Append(o.Name))
            .Select(name => name[1..]);
        var described = Program.Section("COMMANDS").Verb(verb).WordsAfter("Fl").Where(f => f is not "-").Distinct();
        described.Should().BeEquivalentTo(options, "each has its `.It Fl` below `.It Ic {0}` of docs/man/wgns.1", verb);
    }

    [Test]
    public void Every_key_of_the_configuration_is_described_in_its_table_and_no_other()
    {
        Configuration.Section("Keys of the namespace").Items("Va").Should().BeEquivalentTo(KnownKeys.Namespace);
        Configuration.Section("Keys of an interface").Items("Va").Should().BeEquivalentTo(KnownKeys.Interface);
        Configuration.Section("Keys of a peer").Items("Va").Should().BeEquivalentTo(KnownKeys.Peer);
        Configuration.Section("Keys of a publish").Items("Va").Should().BeEquivalentTo(KnownKeys.Publish);
        Configuration.Section("Keys of the host link").Items("Va").Should().BeEquivalentTo(KnownKeys.HostLink);
        Configuration.Section("Keys of the hooks").Items("Va").Should().BeEquivalentTo(KnownKeys.Hooks);
        Configuration.Section("Keys of a hook").Items("Va").Should().BeEquivalentTo(KnownKeys.Hook);
    }

    [Test]
    public void Every_word_of_the_JSON_is_described_and_no_other()
    {
        Words("Each namespace of status").Should().BeEquivalentTo(Properties(StatusJson.Default.NamespaceStatus));
        Words("Each interface of status").Should().BeEquivalentTo(Properties(StatusJson.Default.InterfaceStatus));
        Words("Each peer of status").Should().BeEquivalentTo(Properties(StatusJson.Default.PeerStatus));
        Words("Document of verify").Should().BeEquivalentTo(Properties(VerifyJson.Default.VerifyDocument));
        Words("Each finding of verify").Should().BeEquivalentTo(Properties(VerifyJson.Default.Finding));
        Words("Each namespace of list").Should().BeEquivalentTo(Properties(StatusJson.Default.ListEntry));

        static IEnumerable<string> Words(string section) => Program.Section(section).Items("Li");
        static IEnumerable<string> Properties(JsonTypeInfo type) => type.Properties.Select(p => p.Name);
    }

    [Test]
    public void Every_variable_that_isolate_leaves_out_is_described_with_it() =>
        Program.Section("COMMANDS").Verb("exec").WordsOf("Ev").Except(["HOME", "USER", "LOGNAME", "SHELL"])
            .Should().BeEquivalentTo(Wgns.Confinement.SessionVariables.All);

    [Test]
    public void The_examples_of_a_configuration_are_right()
    {
        var examples = Configuration.Section("EXAMPLES").Displays().ToList();
        examples.Should().HaveCountGreaterThan(2);
        foreach (var example in examples)
        {
            var result = ConfigurationReader.Read(Encoding.UTF8.GetBytes(example), "/etc/wgns/vpn.toml");
            result.Diagnostics.Should().BeEmpty(example);
            result.Config.Interfaces.Should().NotBeEmpty();
        }
    }

    [Test]
    public void The_examples_of_commands_are_commands()
    {
        var lines = string.Concat(Program.Section("EXAMPLES").Displays()).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');
        var commands = lines
            .Select(l => l.Replace("(umask 077; ", "", StringComparison.Ordinal).Split('#')[0].Trim())
            .Select(l => l.StartsWith("sudo ", StringComparison.Ordinal) ? l[5..] : l)
            .Where(l => l.StartsWith("wgns ", StringComparison.Ordinal))
            .ToList();
        commands.Should().HaveCountGreaterThan(6);
        foreach (var command in commands)
        {
            var words = command.Split(" > ")[0].Split(" < ")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
            Verbs.Root(words).Parse(words).Errors.Should().BeEmpty(command);
        }
    }
}
