using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Wgns.Diagnostics;
using Wgns.Importers;

namespace Wgns.Tests.Importers;

/// <summary>Files that somebody made to do harm, and those that an editor of another system left.</summary>
public sealed class HostileTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(10);

    private static readonly string Rest = $"interfaces:\n- {{name: wg0, private-key: \"{Corpus.Private}\", address: [10.0.0.2/32]}}\n";

    [TestCase(false)]
    [TestCase(true)]
    public void A_file_in_UTF_16_is_recognised_and_told_so_and_nothing_else(bool isBigEndian)
    {
        var encoding = new UnicodeEncoding(isBigEndian, byteOrderMark: true);
        var import = Corpus.Bytes([.. encoding.GetPreamble(), .. encoding.GetBytes(Corpus.Conf())], "/in/wg0.conf");

        import.Diagnostics.Should().ContainSingle().Which.ToString().Should().StartWith("/in/wg0.conf:1:1: error: the file is in UTF-16");
    }

    [TestCase("[Interface]\r\nPrivateKey = {0}\r\nAddress = 10.0.0.2/32\r\n", "/in/wg0.conf")]
    [TestCase("NETNS_NAME=vpn\r\nCOLOUR={0}\r\n", "/in/x")]
    [TestCase("{{\"name\": \"vpn\", \"interfaces\": [{{\"name\": \"wg0\", \"private-key\": \"{0}\"}}]}}", "/in/x")]
    public void A_byte_order_mark_changes_nothing(string text, string path)
    {
        var whole = Encoding.UTF8.GetBytes(string.Format(CultureInfo.InvariantCulture, text, Corpus.Private));
        byte[] marked = [0xEF, 0xBB, 0xBF, .. whole];

        ForeignFormats.Recognise(marked, path).Should().NotBeNull().And.Be(ForeignFormats.Recognise(whole, path));
        Corpus.Bytes(marked, path).Diagnostics.Select(d => d.Message).Should().Equal(Corpus.Bytes(whole, path).Diagnostics.Select(d => d.Message));
    }

    /// <summary>A few lines that stand for a thousand million peers.</summary>
    [Test]
    public void Aliases_of_aliases_do_not_fill_the_memory()
    {
        var text = new StringBuilder("name: vpn\na: &a0 {public-key: x}\n");
        for (var i = 1; i < 10; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"b{i}: &a{i} {{peers: [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]}}\n");
        }

        var watch = Stopwatch.StartNew();
        var import = Corpus.Text(text.Append("interfaces: [*a9]\n").ToString(), "/in/x.yaml");

        Corpus.Errors(import).Should().Contain(e => e.Contains("this is no YAML: there are more than 50000 values", StringComparison.Ordinal));
        watch.Elapsed.Should().BeLessThan(s_moment);
    }

    [Test]
    public void An_alias_within_itself_is_an_error() =>
        Corpus.Errors(Corpus.Text("name: &a [*a]\n", "/in/x.yaml")).Should().Contain(e => e.Contains("no anchor of that name", StringComparison.Ordinal));

    [Test]
    public void An_own_private_key_in_a_peers_place_is_an_error_and_is_written_and_shown_nowhere()
    {
        var import = Corpus.Text(Corpus.Conf().Replace(Corpus.PeerA, Corpus.Private, StringComparison.Ordinal), "/in/wg0.conf");

        Corpus.Errors(import).Should().ContainSingle().Which.Should().Contain("has its own private key for a peer's publicKey").And.NotContain(Corpus.Private[..20]);
        import.Toml.Should().BeEmpty();
    }

    private static IEnumerable<TestCaseData> Long()
    {
        const int Many = 100_000;
        var words = string.Join(',', Enumerable.Repeat("10.0.0.1", Many));
        yield return new TestCaseData(Corpus.Conf($"Address = {words}"), "/in/wg0.conf").SetArgDisplayNames("addresses on one line");
        yield return new TestCaseData(Corpus.Conf(string.Concat(Enumerable.Repeat("MTU = 1380\n", Many))), "/in/wg0.conf").SetArgDisplayNames("a key many times");
        yield return new TestCaseData(Corpus.Conf($"PostUp = {new string('x', 10 * Many)}"), "/in/wg0.conf").SetArgDisplayNames("a long hook");
        yield return new TestCaseData(Corpus.Conf($"[{new string('A', 10 * Many)}]"), "/in/wg0.conf").SetArgDisplayNames("a long section");
        yield return new TestCaseData(Corpus.Conf($"{new string('A', 10 * Many)} = 1"), "/in/wg0.conf").SetArgDisplayNames("a long key");
        yield return new TestCaseData($"NETNS_NAME={new string('a', 10 * Many)}\n", "/in/x.env").SetArgDisplayNames("a long name");
        yield return new TestCaseData($"{{\"name\": \"\u00e4\", \"interfaces\": [{string.Join(',', Enumerable.Repeat("{}", Many))}]}}", "/in/x.json").SetArgDisplayNames("JSON on one line");
        yield return new TestCaseData($"{{{string.Join(',', Enumerable.Range(0, Many).Select(i => $"\"k{i}\": 0"))}}}", "/in/x.json").SetArgDisplayNames("JSON of many keys");
        yield return new TestCaseData($"name: [{string.Join(',', Enumerable.Repeat("a", Many))}]\n", "/in/x.yaml").SetArgDisplayNames("YAML on one line");
    }

    [TestCaseSource(nameof(Long))]
    public void A_long_line_takes_a_moment_and_its_report_is_short(string text, string path)
    {
        var watch = Stopwatch.StartNew();
        var import = Corpus.Text(text, path);
        watch.Elapsed.Should().BeLessThan(s_moment);

        import.Notes.Select(n => n.What.Length + n.Instead.Length).DefaultIfEmpty().Max().Should().BeLessThan(1000);
    }

    [Test]
    public void Two_interfaces_of_one_name_are_an_error()
    {
        var one = $"{{\"name\": \"wg0\", \"address\": [\"10.0.0.2/32\"], \"private-key\": \"{Corpus.Private}\"}}";

        Corpus.Errors(Corpus.Text($"{{\"name\": \"vpn\", \"interfaces\": [{one}, {one}]}}", "/in/x.json")).Should().Contain(e => e.Contains("wg0", StringComparison.Ordinal));
    }

    /// <summary>What cannot be in a file's name is a number there, which another interface may be named.</summary>
    [Test]
    public void Each_key_has_a_file_of_its_own()
    {
        var json = $$"""
            {"name": "vpn", "interfaces": [
              {"name": "2", "address": ["10.0.0.2/32"], "private-key": "{{Corpus.Private}}"},
              {"name": "a+b", "address": ["10.0.0.3/32"], "private-key": "{{Corpus.OtherPrivate}}"}]}
            """;

        var import = Corpus.Good(json, "/in/x.json");

        import.Keys.Select(k => k.File).Should().OnlyHaveUniqueItems();
        Corpus.Said(Corpus.ReadAgain(import, "/in/x.json")).Should().Be(Corpus.Said(import.Config));
    }

    [Test]
    public void A_configuration_named_like_a_key_does_not_take_the_keys_place()
    {
        var import = Corpus.Good(Corpus.Conf(), options: new ImportOptions("/etc/wgns/vpn.key"));

        ImportFiles.Paths(import, "/etc/wgns/vpn.key").Should().Equal("/etc/wgns/vpn-2.key", "/etc/wgns/vpn.key");
        Corpus.Said(Corpus.ReadAgain(import, "/etc/wgns/vpn.key")).Should().Be(Corpus.Said(import.Config));
    }

    [TestCase("echo \"$(reboot)\" `x` 'y' ; } { & | > /etc/passwd")]
    [TestCase("echo '''\"\"\"\\ \u0007\u001b[2J")]
    [TestCase("#")]
    public void A_command_stays_a_comment_whatever_is_in_it(string command)
    {
        var import = Corpus.Good($"name: vpn\npre-up: {JsonSerializer.Serialize(command + "\n[hooks]\npreUp = [\"x\"]")}\n{Rest}", "/in/x.yaml");

        Corpus.ReadAgain(import, "/in/x.yaml").Hooks.PreUp.Should().BeEmpty();
        import.Notes.Should().OnlyContain(n => !n.ToString().Contains('\n'));
    }

    [TestCase("name: \"vpn\\nmanaged = false\"")]
    [TestCase("name: \"../../etc/cron.d/x\"")]
    [TestCase("name: \"a b\"")]
    [TestCase("name: \"\\\"; flush ruleset; #\"")]
    public void A_name_is_a_name_or_an_error(string line) =>
        Corpus.Text($"{line}\n{Rest}", "/in/x.yaml").Diagnostics.Where(d => d.Severity == Severity.Error).Should().ContainSingle().Which.Span.Line.Should().Be(1);

    [TestCase("FwMark = OFF")]
    [TestCase("FwMark = Off\nSaveConfig = false")]
    public void Off_is_off_in_any_case(string line) => Corpus.Good(Corpus.Conf(line, "PersistentKeepalive = OFF")).Config.Interfaces.Single().FwMark.Should().Be(0);

    [TestCase("[Interface]\n# was {0}\nAddress = 10.0.0.2/32\n; {1}\n[Peer]\n# {1}\nPublicKey = {2}\n", "/in/wg0.conf")]
    [TestCase("# was {0}\nNETNS_NAME=vpn\n# {1}\nWIREGUARD_VPN_PUBLIC_KEY={2}\nCOLOUR={1}\n{1}\n", "/in/x.env")]
    [TestCase("[Interface]\nPrivateKey = {0}\nAddress = {0}\nDNS = {1}\nMTU = {1}\nTable = {0}\nFwMark = {1}\n[Peer]\nPublicKey = {2}\nAllowedIPs = {0}\nEndpoint = {0}\nPersistentKeepalive = {1}\nPresharedKey = x{0}\n{0}\n[{1}]\n{0} = {1}\n", "/in/wg0.conf")]
    [TestCase("{{\"name\": \"{0}\", \"dns-server\": [\"{1}\"], \"interfaces\": [{{\"name\": \"{0}\", \"private-key\": \"x{0}\", \"address\": [\"{0}\"], \"{1}\": 1, \"peers\": [{{\"public-key\": \"{2}\", \"endpoint\": \"{0}\", \"allowed-ips\": [\"{1}\"]}}]}}]}}", "/in/x.json")]
    public void A_key_that_stands_where_none_belongs_is_not_shown_nor_written(string text, string path)
    {
        // As a double click takes it along, too: without its last character.
        foreach (var cut in (bool[])[false, true])
        {
            string[] keys = [.. ((string[])[Corpus.Private, Corpus.Preshared]).Select(k => cut ? k[..^1] : k)];
            var import = Corpus.Text(string.Format(CultureInfo.InvariantCulture, text, keys[0], keys[1], Corpus.PeerA), path);

            var said = string.Join('\n', [import.Toml, .. import.Diagnostics.Select(d => d.ToString()), .. import.Notes.Select(n => n.ToString())]);
            said.Should().NotContain(keys[0][..^1]).And.NotContain(keys[1][..^1]);
        }
    }

    [Test]
    public void A_long_path_and_a_peers_key_are_no_secret()
    {
        const string Path = "/usr/local/share/wireguard/hooks/of/somebody"; // 43 characters and one
        var import = Corpus.Good(Corpus.Conf($"PostUp = {Path[..43]} {Corpus.PeerA[..^1]}"), options: new ImportOptions(Hooks: Wgns.Configuration.HookPlace.Host));

        import.Toml.Should().Contain(Path[..43]).And.Contain(Corpus.PeerA[..^1]);
    }

    [Test]
    public void One_that_is_interrupted_leaves_neither_keys_nor_a_configuration()
    {
        var directory = Directory.CreateTempSubdirectory("wgns-import-").FullName;
        using var stop = new CancellationTokenSource();
        using var import = Corpus.Good(Corpus.Conf(), options: new ImportOptions($"{directory}/vpn.toml"));
        stop.Cancel();

        ((Action)(() => ImportFiles.Write(import, $"{directory}/vpn.toml", stop.Token))).Should().Throw<OperationCanceledException>();

        Directory.EnumerateFileSystemEntries(directory).Should().BeEmpty();
        ImportFiles.Write(import, $"{directory}/vpn.toml");
        Directory.EnumerateFileSystemEntries(directory).Should().HaveCount(2);
        Directory.Delete(directory, recursive: true);
    }
}
