using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Wgns.Diagnostics;
using Wgns.Firewall;
using Wgns.Lifecycle;

namespace Wgns.Tests.Nix;

/// <summary>
/// One table of values, good and bad (tests/nix/verdicts.json): the module's assertions and `wgns check --no-secrets` must both
/// say of each what the table says. So no assertion refuses what the program takes.
/// </summary>
public sealed class VerdictTests
{
    /// <summary>What a switch needs, and the program takes: it asks for less, or sees one namespace only.</summary>
    private static readonly string[] OfTheModuleAlone =
    [
        "no-peers", "no-peers-in-a-named-one", "no-dns-server", "relative-key-file", "name-twice", "interface-twice", "port-twice", "port-twice-in-a-birthplace",
        "link-name-twice", "link-address-twice",
        "service-in-no-namespace", "service-of-wgns-itself", "socket-of-wgns-itself", "service-joined-with-another", "service-that-another-joins",
        "instance-whose-template-is-joined-with-another", "service-before-every-other", "socket-before-every-service",
        "socket-without-any-namespace",
        "publish-everywhere-and-there",
        // Of these the module makes a file in which there is nothing wrong.
        "key-for-a-file", "key-for-a-file-with-the-end-of-its-line", "key-for-a-file-with-a-slash-first", "preshared-key-for-a-file",
        "keys-beside-interfaces", "port-beside-interfaces", "engine-beside-interfaces", "routes-beside-interfaces",
    ];

    private string _directory = string.Empty;

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("wgns-verdicts-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    private static IEnumerable<TestCaseData> Columns() => Verdicts.Columns();

    [TestCaseSource(nameof(Columns))]
    public void The_module_says_of_a_value_what_the_table_says(int number, string verdict)
    {
        var values = Verdicts.Tables[number]![verdict]!.AsArray();
        var taken = NixEvaluation.All["verdicts"]![number]![verdict]!.AsArray();
        taken.Should().HaveSameCount(values);

        values.Where((_, i) => taken[i]!.GetValue<bool>() != (verdict == "good")).Select(value => value!.ToJsonString()).Should().BeEmpty();
    }

    [TestCaseSource(nameof(Columns))]
    public void The_program_says_of_a_value_what_the_table_says(int number, string verdict)
    {
        foreach (var value in Verdicts.Tables[number]![verdict]!.AsArray())
        {
            var said = Check(Verdicts.Settings(Verdicts.Tables[number]!, value!));
            said.Any(d => d.Severity == Severity.Error).Should().Be(verdict == "bad", "{0}: {1}", value!.ToJsonString(), string.Join('\n', said));
        }
    }

    [TestCaseSource(nameof(Columns))]
    public void A_column_says_something(int number, string verdict) => Verdicts.Tables[number]![verdict]!.AsArray().Should().NotBeEmpty();

    private static IEnumerable<string> Mistakes() => NixEvaluation.NamesIn("mistakes.nix");

    [TestCaseSource(nameof(Mistakes))]
    public void The_program_refuses_what_the_module_refuses(string name)
    {
        var files = NixEvaluation.All["mistakes"]![name]!["toml"]!.AsObject();
        files.Any(file => Check(file.Value!.AsObject()).Any(d => d.Severity == Severity.Error))
            .Should().Be(!OfTheModuleAlone.Contains(name));
    }

    /// <summary>As `wgns check --no-secrets` loads a file; no value here is of rules. <see cref="ProgramTests"/> runs it.</summary>
    private ImmutableArray<Diagnostic> Check(JsonObject settings)
    {
        var path = Path.Combine(_directory, "vpn.toml");
        File.WriteAllText(path, NixToml.Text(settings));
        using var loaded = new ConfigLoader(_ => new RulesVerdict([], null)).Load(path, withSecrets: false);
        return loaded.Diagnostics;
    }
}
