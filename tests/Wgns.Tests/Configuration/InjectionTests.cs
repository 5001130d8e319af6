using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Planning;
using Wgns.Systemd;

namespace Wgns.Tests.Configuration;

/// <summary>
/// Text with line ends, quotes and everybody's metacharacters, in every key that takes a string: it is refused, or it
/// ends as one value where it belongs. No line, word, rule or directive is added by it anywhere.
/// </summary>
public sealed partial class InjectionTests
{
    private static readonly string[] s_pieces =
    [
        "\n", "\r", "\0", "\t", " ", "'", "\"", "\\", "`", "$(", ")", "${IFS}", ";", "&&", "|", "#", "%", "%n", "%%", "*", "{", "}", "..", "/", "\u2028", "\u0085", "\u001b[31m",
        "nameserver 192.0.2.1", "options use-vc", "accept;", "flush ruleset", "add rule inet wgns output accept", "ExecStart=/bin/sh", "[Service]", "reboot",
        "a", "accept; }", "example.net", "10.0.0.1", "/run/x.sock", "8112", "fd00::1", "key", "-",
    ];

    private static readonly (string Key, string Line)[] s_keys =
    [
        .. ((string[])["namespace_name", "dns_server", "dnsFiles", "dnsEnforcement", "ready", "interfaceName", "privateKeyFile", "engine"]).Select(k => (k, $"{k} = VALUE")),
        .. ((string[])["dns_server", "dnsSearch", "ips"]).Select(k => (k, $"{k} = [VALUE]")),
        .. ((string[])["publicKey", "presharedKey", "presharedKeyFile", "endpoint"]).Select(k => (k, $"[[peers]]\n{k} = VALUE")),
        ("allowedIPs", "[[peers]]\nallowedIPs = [VALUE]"),
        ("listen", "[[publish]]\nlisten = VALUE\nconnect = 80"),
        ("connect", "[[publish]]\nlisten = 8112\nconnect = VALUE"),
    ];

    [Test]
    public void No_string_of_a_configuration_becomes_a_line_a_rule_or_a_directive()
    {
        var taken = 0;
        Prop.ForAll(
            Gen.Elements(s_keys).ToArbitrary(),
            Gen.Elements(s_pieces).ListOf().Resize(6).Select(string.Concat).ToArbitrary(),
            (key, text) => taken += EndsAsOneValue(key, text) ? 1 : 0)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(6000));
        taken.Should().BePositive("a configuration that is always refused shows nothing");
    }

    [Test]
    public void The_pieces_would_do_harm_where_nobody_looks_at_them()
    {
        // What the test above looks for is found, where a value is put in as it is.
        IsResolvConf("search a\nnameserver 192.0.2.1\nnameserver 10.0.0.1\n", 1).Should().BeFalse();
        IsResolvConf("search a\noptions use-vc\nnameserver 10.0.0.1\n", 1).Should().BeFalse();
        IsResolvConf("search a nameserver\n# nothing\nnameserver 10.0.0.1\n", 1).Should().BeTrue();
        Shape("[Socket]\nListenStream=/run/x\n[Service]\nExecStart=/bin/sh\n").Should().NotBe(Shape("[Socket]\nListenStream=/run/x\n"));
    }

    private static bool EndsAsOneValue((string Key, string Line) key, string text)
    {
        var toml = Whole(key, Quote(text));
        var result = Read.Text(toml);
        if (result.HasErrors)
        {
            return false;
        }

        var config = result.Config;
        IsResolvConf(DnsText.ResolvConf(config), config.DnsServers.Length).Should().BeTrue("{0} = {1}: {2}", key.Key, text, DnsText.ResolvConf(config));
        DnsText.NsswitchConf(config).Split('\n').Should().HaveCount(12);
        Rules().IsMatch(DefaultRuleset.Of(config with { Publish = [s_byTunnel] }).Default).Should().BeTrue();
        var units = PublishUnits.Of(config, RuntimePaths.System, "/usr/bin/wgns");
        foreach (var unit in units)
        {
            unit.Name.Should().MatchRegex(@"^wgns-publish-[A-Za-z0-9._@-]+:[A-Za-z0-9:._\\-]+\.(socket|service)$");
            s_shapes.Should().Contain(Shape(unit.Content), "{0} = {1}: {2}", key.Key, text, unit.Content);
        }

        return true;
    }

    /// <summary>A whole and right configuration with one line in the place of its own for that key.</summary>
    private static string Whole((string Key, string Line) key, string value)
    {
        var line = key.Line.Replace("VALUE", value, StringComparison.Ordinal);
        var isPeers = line.StartsWith("[[peers]]", StringComparison.Ordinal);
        var top = ((string[])["dns_server = \"10.0.0.1\"", "dnsSearch = [\"a\"]", "ips = [\"10.0.0.2/32\"]", "privateKeyFile = \"private.key\""])
            .Where(l => !l.StartsWith(key.Key + " ", StringComparison.Ordinal));
        var peer = ((string[])[$"publicKey = '{Read.KeyA}'", "allowedIPs = ['0.0.0.0/0']"]).Where(l => !l.StartsWith(key.Key + " ", StringComparison.Ordinal));
        return line.StartsWith("[[", StringComparison.Ordinal)
            ? string.Join('\n', [.. top, isPeers ? line : "[[peers]]", .. peer, isPeers ? string.Empty : line, string.Empty])
            : string.Join('\n', [line, .. top, "[[peers]]", .. peer, string.Empty]);
    }

    private static string Quote(string text) =>
        $"\"{string.Concat(text.Select(c => c is '"' or '\\' || char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()))}\"";

    private static bool IsResolvConf(string text, int servers)
    {
        var lines = text.Split('\n').Where(l => l.Length > 0 && !l.StartsWith('#')).ToList();
        return lines.All(l => Lines().IsMatch(l)) && lines.Count(l => l.StartsWith("nameserver", StringComparison.Ordinal)) == servers;
    }

    /// <summary>A unit without its values.</summary>
    private static string Shape(string unit) => string.Join('\n', unit.Split('\n').Select(l => l.StartsWith('#') ? "#" : l.Split('=')[0]));

    private static readonly HashSet<string> s_shapes =
    [
        .. from listen in (string[])["8112", "10.0.0.1:8112", "/run/a.sock"]
           from connect in (string[])["80", "/run/b.sock"]
           let config = Read.Config(Whole((string.Empty, $"[[publish]]\nlisten = '{listen}'\nconnect = '{connect}'"), string.Empty))
           from unit in PublishUnits.Of(config, RuntimePaths.System, "/p")
           select Shape(unit.Content),
    ];

    private static readonly PublishConfig s_byTunnel = Read.Config(Read.Around("publish = [{ listen = 51413, from = 'tunnel' }]")).Publish[0];

    [GeneratedRegex(@"^(search( [A-Za-z0-9._-]+)+|nameserver [0-9a-f.:%]+)$")]
    private static partial Regex Lines();

    // One table, and every other line one of ours: the braces would not close otherwise.
    [GeneratedRegex(@"^table inet wgns \{\n(    [^\n]*\n|\n)*\}\n$")]
    private static partial Regex Rules();
}
