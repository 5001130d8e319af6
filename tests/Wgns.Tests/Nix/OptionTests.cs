using System.Text.Json.Nodes;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Tests.Configuration;

namespace Wgns.Tests.Nix;

/// <summary>The options of the NixOS module and the keys that the reader knows are the same.</summary>
public sealed class OptionTests
{
    /// <summary>What the module has besides: they are about the machine and not about a namespace.</summary>
    private static readonly string[] OfTheModuleAlone = ["enable", "package", "namespaces"];

    private static JsonObject Options(string table) => NixEvaluation.All["options"]![table]!.AsObject();

    private static IEnumerable<string> Names(string table) => Options(table).Select(option => option.Key);

    [Test]
    public void Every_key_of_a_configuration_is_an_option_and_every_option_a_key()
    {
        string[] keys = [.. KnownKeys.Namespace, .. KnownKeys.Interface];
        Names("namespace").Should().BeEquivalentTo([.. keys, .. OfTheModuleAlone]);
        Names("inNamespaces").Should().BeEquivalentTo([.. keys, "enable"]);
        Names("interface").Should().BeEquivalentTo(KnownKeys.Interface);
        Names("publish").Should().BeEquivalentTo(KnownKeys.Publish);
        Names("hostLink").Should().BeEquivalentTo(KnownKeys.HostLink);
        Names("hooks").Should().BeEquivalentTo(KnownKeys.Hooks);
        Names("hook").Should().BeEquivalentTo(KnownKeys.Hook);
        Names("peer").Should().BeEquivalentTo(KnownKeys.Peer);
    }

    /// <summary>The original flake's options, as its users' configurations were written for them.</summary>
    [TestCase("namespace", "namespace_name", "string", "\"vpn\"")]
    [TestCase("namespace", "dns_server", "string or list of string", null)]
    [TestCase("namespace", "extraFirewallRules", "string", "\"\"")]
    [TestCase("namespace", "ips", "list of string", "[]")]
    [TestCase("namespace", "privateKeyFile", "null or string", null)]
    [TestCase("namespace", "peers", "list of (submodule)", "[]")]
    [TestCase("peer", "publicKey", "string", null)]
    [TestCase("peer", "presharedKey", "null or string", "null")]
    [TestCase("peer", "presharedKeyFile", "null or string", "null")]
    [TestCase("peer", "allowedIPs", "list of string", null)]
    [TestCase("peer", "endpoint", "null or string", "null")]
    [TestCase("peer", "dynamicEndpointRefreshSeconds", "signed integer", "0")]
    [TestCase("peer", "persistentKeepalive", "null or signed integer", "null")]
    public void What_the_original_flake_had_is_there_with_its_type_and_default(string table, string name, string type, string? expected)
    {
        var option = Options(table)[name]!.AsObject();
        option["type"]!.GetValue<string>().Should().Be(type);
        option.ContainsKey("default").Should().Be(expected is not null);
        if (expected is not null)
        {
            (option["default"]?.ToJsonString() ?? "null").Should().Be(expected);
        }
    }

    [Test]
    public void Defaults_of_the_module_are_those_of_the_program()
    {
        var file = NixToml.Files(NixEvaluation.Cases["minimal"]!).Single();
        var withDefaults = NixToml.Read(file.File, file.Value);
        string[] said = ["namespace_name", "dns_server", "ips", "privateKeyFile", "peers"];
        string[] ofPeer = ["publicKey", "allowedIPs", "endpoint"];
        var bare = file.Value.DeepClone().AsObject();
        Keep(bare, said);
        Keep(bare["peers"]![0]!.AsObject(), ofPeer);
        var withoutDefaults = NixToml.Read(file.File, bare);

        file.Value.Count.Should().BeGreaterThan(said.Length, "defaults must stand in the module's file for this to compare any");
        withDefaults.HasErrors.Should().BeFalse(string.Join('\n', withDefaults.Diagnostics));
        withDefaults.Config.Should().BeEquivalentTo(
            withoutDefaults.Config,
            options => options.ComparingRecordsByMembers().Excluding(member => member.Type == typeof(SourceSpan)).Excluding(member => member.Path.Contains("Span")));
    }

    private static void Keep(JsonObject table, string[] keys)
    {
        foreach (var key in table.Select(entry => entry.Key).Except(keys).ToList())
        {
            table.Remove(key);
        }
    }

    private static IEnumerable<string> Numbers() =>
        ["listenPort", "mtu", "fwMark", "readyTimeout", "dynamicEndpointRefreshSeconds", "persistentKeepalive", "listen", "connect", "idle"];

    [TestCaseSource(nameof(Numbers))]
    public void The_module_takes_exactly_the_numbers_that_the_program_takes(string key)
    {
        var probes = NixEvaluation.All["probes"]!;
        var values = probes["values"]!.AsArray().Select(value => value!.GetValue<long>()).ToList();
        var accepted = probes["accepted"]![key]!.AsArray().Select(value => value!.GetValue<long>());

        accepted.Should().BeEquivalentTo(values.Where(value => !Reading(key, value).HasErrors));
    }

    [TestCase("protocol")]
    [TestCase("from")]
    public void The_module_takes_exactly_the_words_of_a_publish_that_the_program_takes(string key)
    {
        var words = Options("publish")[key]!["type"]!.GetValue<string>().Split("one of ").Last();
        var said = Read.Text(Read.Around($"publish = [{{ listen = 80, {key} = \"nonsense\" }}]")).Diagnostics.Single(d => d.Severity == Severity.Error);

        said.Message.Should().EndWith($"it must be one of {words}");
    }

    private static ReadResult Reading(string key, long value) => Read.Text(KnownKeys.Peer.Contains(key)
        ? Read.WithPeer($"publicKey = '{Read.KeyA}'\nallowedIPs = ['0.0.0.0/0']\n{key} = {value}")
        : KnownKeys.Publish.Contains(key) ? Read.Around($"publish = [{{ {(key == "listen" ? "" : "listen = 80, ")}{key} = {value} }}]")
        : Read.Around($"{key} = {value}"));

    [TestCase("namespace", "dnsFiles")]
    [TestCase("namespace", "dnsEnforcement")]
    [TestCase("namespace", "ready")]
    [TestCase("interface", "engine")]
    public void The_module_takes_exactly_the_words_that_the_program_takes(string table, string key)
    {
        var words = Options(table)[key]!["type"]!.GetValue<string>().Split("one of ").Last();
        var said = Read.Text(Read.Around($"{key} = \"nonsense\"")).Diagnostics.Single(d => d.Severity == Severity.Error);

        said.Message.Should().EndWith($"it must be one of {words}");
    }
}
