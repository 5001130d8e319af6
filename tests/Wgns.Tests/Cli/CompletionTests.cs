using Wgns.Cli.Commands;

namespace Wgns.Tests.Cli;

internal sealed class CompletionTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wgns-completion-").FullName;

    private string[] Of(string line) => [.. Completion.Of(line, new CompletionSources(["office", "vpn"], _directory, [_directory]))];

    [OneTimeSetUp]
    public void MakeFiles()
    {
        foreach (var file in new[] { "vpn.toml", "nl.toml", "vpn.key", "transmission.service", "web.socket" })
        {
            File.WriteAllText(Path.Combine(_directory, file), string.Empty);
        }
    }

    [OneTimeTearDown]
    public void RemoveFiles() => Directory.Delete(_directory, recursive: true);

    [TestCase("wgns re", "reload", "release")]
    [TestCase("wgns units ", "confine", "publish", "remove", "prepare")]
    [TestCase("wgns --v", "--version")]
    [TestCase("wgns \"sta", "status")]
    public void A_verb_is_completed(string line, params string[] words) => Of(line).Should().BeEquivalentTo(words);

    [TestCase("wgns up --", "--adopt", "--wait", "--timeout", "--verbose", "--help")]
    [TestCase("wgns exec vpn --u", "--user")]
    [TestCase("wgns units confine vpn web --j", "--join")]
    public void An_option_is_completed_where_one_was_begun(string line, params string[] words) => Of(line).Should().BeEquivalentTo(words);

    [TestCase("wgns up ", "nl", "vpn", Completion.Files)]
    [TestCase("wgns check --no-secrets n", "nl", Completion.Files)]
    [TestCase("wgns reload o", "office", Completion.Files)]
    [TestCase("wgns down ", "nl", "office", "vpn", Completion.Files)]
    [TestCase("wgns exec ", "office", "vpn")]
    [TestCase("wgns exec --user root o", "office")]
    [TestCase("wgns units confine n", "nl")]
    [TestCase("wgns import ", "wg-quick", "wg-netns", "namespaced-wireguard-vpn", Completion.Files)]
    [TestCase("wgns import wg-quick wg-", Completion.Files)]
    [TestCase("wgns completion ", "bash", "zsh", "fish")]
    [TestCase("wgns status vpn ")]
    public void An_argument_is_completed_by_what_it_may_be_and_not_by_options(string line, params string[] words) =>
        Of(line).Should().BeEquivalentTo(words);

    [TestCase("wgns units confine vpn tr", "transmission.service")]
    [TestCase("wgns units remove vpn ", "transmission.service", "web.socket")]
    public void A_service_is_completed_by_the_units_of_systemd(string line, params string[] words) => Of(line).Should().BeEquivalentTo(words);

    [TestCase("wgns exec vpn --user ro", Completion.Users)]
    [TestCase("wgns exec vpn -g ro", Completion.Groups)]
    [TestCase("wgns exec vpn --workdir /", Completion.Files)]
    [TestCase("wgns import --output=/", Completion.Files)]
    [TestCase("wgns import --hooks ", "host", "namespace")]
    [TestCase("wgns import --hooks=h", "--hooks=host")]
    [TestCase("wgns forward --netns v", "vpn")]
    [TestCase("wgns attach --pid ")]
    public void The_value_of_an_option_is_completed(string line, params string[] words) => Of(line).Should().BeEquivalentTo(words);

    [TestCase("wgns exec vpn -- cu", Completion.Commands, Completion.Files)]
    [TestCase("wgns exec vpn -- ", Completion.Commands, Completion.Files)]
    [TestCase("wgns exec vpn -- curl --", Completion.Files)]
    [TestCase("wgns run 'my file.toml' -- cu", Completion.Commands, Completion.Files)]
    [TestCase("wgns run my\\ file.toml -- up", Completion.Commands, Completion.Files)]
    public void After_two_dashes_a_command_is_completed_and_nothing_of_ours(string line, params string[] words) => Of(line).Should().BeEquivalentTo(words);

    [Test]
    public void What_may_not_be_looked_at_completes_nothing() =>
        Completion.Of("wgns plan ", new CompletionSources([], Path.Combine(_directory, "nothing"), [])).Should().Equal(Completion.Files);
}
