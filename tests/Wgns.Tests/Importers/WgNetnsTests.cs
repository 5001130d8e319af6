using Wgns.Configuration;
using Wgns.Importers;

namespace Wgns.Tests.Importers;

public sealed class WgNetnsTests
{
    private const string Path = "/in/profile.yaml";

    private static string Profile(string lines = "", string ofInterface = "", string ofPeer = "") => $"""
        name: ns-example
        dns-server: [10.0.0.1]
        {lines}
        interfaces:
        - name: wg-a
          address: [10.0.0.2/32]
          private-key: {Corpus.Private}
          {ofInterface}
          peers:
          - public-key: {Corpus.PeerA}
            allowed-ips: [0.0.0.0/0]
            {ofPeer}

        """;

    [Test]
    public void Routes_of_a_peer_are_its_own_and_may_be_none()
    {
        Routes("").Should().Equal("0.0.0.0/0");
        Routes("routes: [10.0.0.0/8]").Should().Equal("10.0.0.0/8");
        Routes("routes: []").Should().BeEmpty();
        Routes("routes: null").Should().Equal("0.0.0.0/0");

        static IEnumerable<string> Routes(string line) =>
            Corpus.Good(Profile(ofPeer: line), Path).Config.Interfaces.Single().Routes.Select(r => r.ToString());
    }

    [Test]
    public void Hooks_are_a_word_or_a_list_and_say_where_they_run()
    {
        var hooks = Corpus.Good(
            Profile("pre-up: one\npost-up:\n- {command: two, host-namespace: true}\n- {command: three, host_namespace: false}\n- {command: four}"),
            Path,
            new ImportOptions(Hooks: HookPlace.Host)).Config.Hooks;

        hooks.PreUp.Should().Equal(new HookCommand("one", HookPlace.Host));
        hooks.PostUp.Should().Equal(
            new HookCommand("two", HookPlace.Host), new HookCommand("three", HookPlace.Namespace), new HookCommand("four", HookPlace.Host));
    }

    [Test]
    public void A_profile_for_the_machine_s_own_namespace_gets_one_of_its_own_and_says_so()
    {
        var import = Corpus.Good(Profile().Replace("name: ns-example", "name: null", StringComparison.Ordinal), Path);

        import.Config.Name.Should().Be("profile");
        import.Notes.Should().ContainSingle(n => n.What.StartsWith("name: null", StringComparison.Ordinal) && n.Span.Line == 1);
    }

    [Test]
    public void Another_birthplace_stays_one() =>
        Corpus.Good(Profile("base_netns: office"), Path).Config.Birthplace.Should().Be("office");

    [Test]
    public void A_namespace_of_somebody_else_s_stays_one()
    {
        var import = Corpus.Good(Profile("managed: false"), Path);
        import.Config.IsManaged.Should().BeFalse();
        import.Notes.Should().NotContain(n => n.What.Contains("managed", StringComparison.Ordinal));
        Corpus.Good(Profile("managed: true"), Path).Config.IsManaged.Should().BeTrue();
    }

    [TestCase("nane: x", "3:1: error: a profile has no key \"nane\"")]
    [TestCase("managed: perhaps", "3:10: error: managed is \"perhaps\"; it must be true or false")]
    [TestCase("pre-up: {command: a}", "3:9: error: pre-up is a mapping; it must be a list")]
    [TestCase("pre-up: [a]", "3:10: error: pre-up holds a scalar; each of its items must be a mapping")]
    [TestCase("name: twice", "3:1: error: \"name\" is there twice")]
    [TestCase("base_netns: ~\nbase-netns: ~", "4:1: error: \"base-netns\" is there twice, once with a dash and once with an underscore")]
    [TestCase("pre-up: *nobody", "3:9: error: this is no YAML: there is no anchor of that name above")]
    [TestCase("pre-up: \"\\uD800\"", "3:9: error")]
    public void A_mistake_in_YAML_is_said_at_its_line_and_column(string line, string said) =>
        Corpus.Errors(Corpus.Text(Profile(line), Path, options: new ImportOptions(Hooks: HookPlace.Host)))
            .Should().Contain(e => e.StartsWith($"/in/profile.yaml:{said}", StringComparison.Ordinal));

    [TestCase("{\"name\": 1,}", "1:12: error: this is no JSON")]
    [TestCase("{\n  \"name\": \"ä\", \"nane\": 1}", "2:16: error: a profile has no key \"nane\"")]
    [TestCase("{\"name\": \"a\", \"name\": \"b\"}", "1:15: error: \"name\" is there twice")]
    [TestCase("{\"name\": \"\\ud800\"}", "1:10: error: the text holds half of a surrogate pair")]
    [TestCase("[]", "1:1: error: the profile is a list; it must be a mapping")]
    public void A_mistake_in_JSON_is_said_at_its_line_and_column(string json, string said) =>
        Corpus.Errors(Corpus.Text(json, "/in/profile.json")).Should().Contain(e => e.StartsWith($"/in/profile.json:{said}", StringComparison.Ordinal));

    [TestCase("services:\n  web:\n    image: nginx\n", "/in/compose.yml", 1)]
    [TestCase("name: project\nservices:\n  web: {image: nginx}\nnetworks: {}\n", "/in/compose.yaml", 2)]
    [TestCase("{\"services\": {}}", "/in/compose.json", 1)]
    [TestCase("{\"scripts\": {}, \"version\": \"1\"}", "/in/package.json", 1)]
    [TestCase("{}", "/in/empty.json", 1)]
    public void A_file_of_something_else_with_the_ending_of_a_profile_is_told_to_be_none_and_nothing_besides(string text, string path, int line)
    {
        var said = Corpus.Text(text, path).Diagnostics.Should().ContainSingle().Which;
        said.ToString().Should().StartWith($"{path}:{line}:").And.Contain("error: this is not a wg-netns profile: it has none of its keys");
        said.Hint.Should().Contain("interfaces").And.Contain(".conf");
        (said.Hint!.Contains("compose", StringComparison.Ordinal)).Should().Be(text.Contains("services", StringComparison.Ordinal));
    }

    [TestCase("[]", "/in/list.yaml")]
    [TestCase("", "/in/empty.yaml")]
    [TestCase("a: [\n", "/in/broken.yaml")]
    public void Of_a_text_that_is_no_profile_what_is_missing_from_it_is_no_news(string text, string path) =>
        Corpus.Text(text, path).Diagnostics.Should().ContainSingle().Which.Severity.Should().Be(Wgns.Diagnostics.Severity.Error);

    [TestCase("name: vpn\n")]
    [TestCase("interface: []\n")]
    [TestCase("name: vpn\nmanagd: false\n")]
    public void A_profile_with_little_in_it_or_a_mistake_is_one_still(string text) =>
        Corpus.Errors(Corpus.Text(text, "/in/profile.yaml")).Should().NotContain(e => e.Contains("not a wg-netns profile", StringComparison.Ordinal));

    [TestCase("/in/deep.yaml")]
    [TestCase("/in/deep.json")]
    public void Brackets_without_end_do_not_end_the_process(string path) =>
        Corpus.Errors(Corpus.Text(new string('[', 200_000), path, ForeignFormat.WgNetns)).Should().NotBeEmpty();
}
