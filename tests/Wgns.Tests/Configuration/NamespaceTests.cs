using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Configuration;
using Wgns.Diagnostics;

namespace Wgns.Tests.Configuration;

public sealed class NamespaceTests
{
    [TestCase("/c/work.toml", "work")]
    [TestCase("/c/a.b.toml", "a.b")]
    [TestCase("/c/wgns.toml", "vpn")]
    [TestCase("/etc/wgns/wgns.toml", "wgns")]
    [TestCase("/etc/wgns/home@1.toml", "home@1")]
    public void The_file_names_the_namespace(string path, string name) =>
        Read.Config(Read.Around(string.Empty), path).Name.Should().Be(name);

    [TestCase("/c/a b.toml", "/c/a b.toml: error: the file's name gives the namespace's, and \"a b\" holds a character other than letters, digits, '-', '_', '.' and '@'")]
    [TestCase("/c/.toml", "/c/.toml: error: the file's name gives the namespace's, and \"\" is empty")]
    public void A_file_whose_name_cannot_be_a_namespaces_asks_for_one(string path, string said)
    {
        var result = Read.Text(Read.Around("interfaceName = 'wg0'"), path);

        Read.Said(result).Should().Equal(said);
        result.Diagnostics[0].Hint.Should().Be("set namespace_name, or rename the file");
    }

    [TestCase("", "is empty")]
    [TestCase(".", "is a directory's name")]
    [TestCase("..", "is a directory's name")]
    [TestCase("a/b", "holds a '/'")]
    [TestCase("../../etc", "holds a '/'")]
    [TestCase("-rf", "begins with a '-', which commands take for an option")]
    [TestCase(".hidden", "begins with a '.'")]
    [TestCase("a\\nb", "holds a character other than letters, digits, '-', '_', '.' and '@'")]
    [TestCase("a'b", "holds a character other than letters, digits, '-', '_', '.' and '@'")]
    [TestCase("$(reboot)", "holds a character other than letters, digits, '-', '_', '.' and '@'")]
    [TestCase("\u00e9", "holds a character other than letters, digits, '-', '_', '.' and '@'")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "is longer than 64 characters")]
    public void A_bad_namespace_name_is_an_error_said_once(string name, string problem)
    {
        var shown = name.Replace("\\n", "\n", StringComparison.Ordinal);
        Read.Said(Read.Around($"namespace_name = \"{name}\"")).Should().Equal($"1:18: error: namespace_name \"{shown}\" {problem}");
    }

    [Test]
    public void Under_etc_wgns_a_name_other_than_the_files_is_an_error()
    {
        var result = Read.Text(Read.Around("namespace_name = 'work'"), "/etc/wgns/home.toml");

        result.Diagnostics.Should().ContainSingle().Which.ToString().Should().Be(
            "/etc/wgns/home.toml:1:18: error: namespace_name is \"work\" in a file named home.toml\n"
            + "  hint: under /etc/wgns the file, the namespace and the unit have one name: rename the file to work.toml");
        Read.Text(Read.Around("namespace_name = 'home'"), "/etc/wgns/home.toml").Diagnostics.Should().BeEmpty();
    }

    [TestCase("dns_server = '10.0.0.1'", "10.0.0.1")]
    [TestCase("dns_server = ['10.0.0.1', 'fd00::1']", "10.0.0.1 fd00::1")]
    public void Resolvers_are_one_address_or_a_list(string line, string servers) =>
        string.Join(' ', Read.Config(WithDns(line)).DnsServers).Should().Be(servers);

    [TestCase("dns_server = 'one.one.one.one'", "1:14: error: dns_server \"one.one.one.one\" is no IP address")]
    [TestCase("dns_server = ''", "1:14: error: dns_server \"\" is no IP address")]
    [TestCase("dns_server = ['1.1.1.1', '1.1.1']", "1:26: error: dns_server \"1.1.1\" is no IP address")]
    [TestCase("dns_server = 1", "1:14: error: dns_server is an integer; it must be a string or a list of strings")]
    [TestCase("dns_server = [[]]", "1:15: error: dns_server holds an array; each of its items must be a string")]
    [TestCase("dns_server = ['10.0.0.1', '10.0.0.3', '10.0.0.4', '10.0.0.5']", "1:14: warning: resolv.conf(5) takes three servers; the others are not asked")]
    [TestCase("dns_server = 'fd00::1'", "1:14: warning: no peer's allowedIPs holds the dns_server fd00::1: it cannot be reached")]
    [TestCase("dns_server = '10.0.0.2'", "1:14: warning: dns_server 10.0.0.2 is the namespace's own address: a resolver that runs there can ask nobody else on port 53")]
    [TestCase("dns_server = []", "1:14: warning: there is no dns_server: nothing inside can look up a name, port 53 is rejected")]
    [TestCase("", "/c/vpn.toml: warning: there is no dns_server: nothing inside can look up a name, port 53 is rejected")]
    public void Resolvers_that_cannot_work_are_said(string line, string said) =>
        Read.Said(WithDns(line)).Should().Equal(said);

    [Test]
    public void A_resolver_on_the_tunnels_own_address_may_ask_others_where_lookups_are_left_alone_and_those_that_are_named()
    {
        Read.Said(WithDns("dns_server = '10.0.0.2'\ndnsEnforcement = 'off'")).Should().BeEmpty();
        Read.Said(WithDns("dns_server = ['10.0.0.2', '10.0.0.1']")).Should().BeEmpty();
    }

    [TestCase("dnsSearch = ['lan', 'corp.example.']", "lan corp.example.")]
    public void Search_domains_are_a_list(string line, string domains) =>
        string.Join(' ', Read.Config(Read.Around(line)).DnsSearch).Should().Be(domains);

    [TestCase("dnsSearch = ['a b']", "1:14: error: dnsSearch \"a b\" is no domain name")]
    [TestCase("dnsSearch = [\"a\\nnameserver 8.8.8.8\"]", "1:14: error: dnsSearch \"a\nnameserver 8.8.8.8\" is no domain name")]
    [TestCase("dnsSearch = 'lan'", "1:13: error: dnsSearch is a string; it must be a list of strings")]
    [TestCase("dnsFiles = 'kep'", "1:12: error: dnsFiles is \"kep\"; it must be one of \"write\", \"keep\"")]
    [TestCase("extraFirewallRules = ['x']", "1:22: error: extraFirewallRules is an array; it must be a string")]
    [TestCase("namespace_name = 5", "1:18: error: namespace_name is an integer; it must be a string")]
    public void Other_keys_of_the_namespace_are_checked_at_their_place(string line, string said) =>
        Read.Said(Read.Around(line)).Should().Equal(said);

    [TestCase("dns_servers = '1.1.1.1'", "1:1: error: unknown key \"dns_servers\" in the configuration", "did you mean \"dns_server\"?")]
    [TestCase("Listen_Port = 1", "1:1: error: unknown key \"Listen_Port\" in the configuration", "did you mean \"listenPort\"?")]
    [TestCase("privateKey = 'x'", "1:1: error: unknown key \"privateKey\" in the configuration", "did you mean \"privateKeyFile\"?")]
    [TestCase("Address = '10.0.0.2/32'", "1:1: error: unknown key \"Address\" in the configuration", "here it is \"ips\"")]
    [TestCase("dns = '1.1.1.1'", "1:1: error: unknown key \"dns\" in the configuration", "here it is \"dns_server\"")]
    [TestCase("PostUp = 'true'", "1:1: error: unknown key \"PostUp\" in the configuration", "here it is \"postUp\", in [hooks]")]
    [TestCase("\"privateKeyFle\" = 'x'", "1:1: error: unknown key \"privateKeyFle\" in the configuration", "did you mean \"privateKeyFile\"?")]
    public void An_unknown_key_is_asked_for_by_its_nearest(string line, string said, string hint)
    {
        Read.Said(Read.Around(line)).Should().Equal(said);
        Read.Hints(Read.Around(line)).Should().Equal(hint);
    }

    [TestCase("dns_server", "it stands at the top of the file, before the first [table] or [[table]]: what follows such a line is that table's")]
    [TestCase("mtu", "it stands at the top of the file, before the first [table] or [[table]]: what follows such a line is that table's; or in [[interfaces]]")]
    [TestCase("listen", "it stands in [[publish]]")]
    [TestCase("end_point", "did you mean \"endpoint\"?")]
    public void A_key_of_another_table_is_answered_with_where_it_stands(string key, string hint) =>
        Read.Hints($"{Read.Around(string.Empty)}{key} = 1").Should().Equal(hint);

    [Test]
    public void A_peers_key_at_the_top_is_answered_with_where_it_stands() =>
        Read.Hints(Read.Around("endpoint = 'a:1'")).Should().Equal("it stands in [[peers]]");

    // The first is TOML: a key without its value. Nothing of it may be in what a terminal or a journal keeps.
    [TestCase("SECRET=")]
    [TestCase("SECRET = 1")]
    [TestCase("[SECRET]")]
    [TestCase("\"SECRET=\" = 1")]
    [TestCase("dnsSearch = ['SECRET=']")]
    [TestCase("engine = 'SECRET='")]
    public void A_key_of_WireGuards_in_a_wrong_place_is_not_shown(string line)
    {
        // One without '+' and '/', as one in four is: what TOML takes for a name without quotes.
        const string Secret = "eFRA8hsizZoQrcAF5GslNBjghFFCrtGVuGaxfaApRnk";
        var written = Read.Text(Read.WithPeer($"publicKey = '{Read.KeyA}'\n{line.Replace("SECRET", Secret, StringComparison.Ordinal)}")).Diagnostics
            .Concat(Read.Text(Read.Around(line.Replace("SECRET", Secret, StringComparison.Ordinal))).Diagnostics);

        var said = string.Join('\n', written);
        said.Should().Contain("error: ").And.NotContain(Secret).And.NotContain(Secret[..8]);
    }

    [Test]
    public void An_unknown_key_that_is_near_none_is_answered_with_all()
    {
        Read.Said(Read.Around("colour = 1")).Should().Equal("1:1: error: unknown key \"colour\" in the configuration");
        Read.Hints(Read.Around("colour = 1")).Should().ContainSingle().Which.Should().StartWith("known here: namespace_name, dns_server,");
    }

    [Test]
    public void Unknown_keys_of_peers_and_interfaces_are_found_too()
    {
        var toml = $"""
            dns_server = '10.0.0.1'
            [[interfaces]]
            interfaceName = 'a'
            ips = ['10.0.0.2']
            privateKeyFile = 'k'
            listen_port = 1
            [[interfaces.peers]]
            publicKey = '{Read.KeyA}'
            allowedIPs = ['0.0.0.0/0']
            end_point = 'a:1'
            """;

        Read.Said(toml).Should().Equal(
            "6:1: error: unknown key \"listen_port\" in an interface",
            "10:1: error: unknown key \"end_point\" in a peer");
        Read.Hints(toml).Should().Equal("did you mean \"listenPort\"?", "did you mean \"endpoint\"?");
    }

    [Test]
    public void Several_interfaces_are_a_list_of_tables()
    {
        var config = Read.Config(Two("10.0.0.0/8", "192.168.0.0/16"));

        config.Interfaces.Select(i => i.Ifname).Should().Equal("a", "b");
        config.Interfaces[1].Peers.Should().ContainSingle();
    }

    [Test]
    public void Flat_keys_beside_interfaces_are_errors_each() =>
        Read.Said("mtu = 1300\nips = []\n" + Two("10.0.0.0/8", "192.168.0.0/16")).Should().Equal(
            "1:1: error: mtu stands beside [[interfaces]]",
            "2:1: error: ips stands beside [[interfaces]]");

    [Test]
    public void Two_interfaces_of_one_name_are_an_error() =>
        Read.Said(Two("10.0.0.0/8", "192.168.0.0/16").Replace("'b'", "'a'", StringComparison.Ordinal))
            .Should().Equal("2:3: error: two interfaces are named \"a\"");

    [Test]
    public void One_listenPort_cannot_be_that_of_two_interfaces() =>
        Read.Said(Two("10.0.0.0/8", "192.168.0.0/16").Replace("ips = ", "listenPort = 51820\nips = ", StringComparison.Ordinal))
            .Should().Equal("2:3: error: interfaces \"a\" and \"b\" have one listenPort, 51820");

    [Test]
    public void One_network_cannot_be_a_route_of_two_interfaces()
    {
        Read.Said(Two("10.0.0.0/8", "10.0.0.0/8")).Should().Equal("2:3: error: 10.0.0.0/8 would be a route of two interfaces, \"a\" and \"b\"");
        Read.Said(Two("10.0.0.0/8", "10.0.0.0/8").Replace("ips = ['10.0.0.3']", "ips = ['10.0.0.3']\nallowedIPsAsRoutes = false", StringComparison.Ordinal))
            .Should().BeEmpty();
    }

    [Test]
    public void An_interface_in_the_list_needs_a_name_of_its_own() =>
        Read.Said(Two("10.0.0.0/8", "192.168.0.0/16").Replace("interfaceName = 'b'\n", string.Empty, StringComparison.Ordinal))
            .Should().Equal("9:1: error: an interface has no interfaceName");

    [Test]
    public void A_namespace_without_an_interface_is_warned_of() =>
        Read.Said("dns_server = '127.0.0.1'").Should().Equal("/c/vpn.toml: warning: there is no interface: the namespace will have lo and no way out");

    [Test]
    public void Everything_that_is_wrong_is_said_at_once_in_the_order_of_the_file() =>
        Read.Said("namespace_name = 'a/b'\nbroken = = 1\ndns_server = 'x'\nips = ['y']\nmtu = 1\nprivateKeyFile = 7\n[[peers]]\npublicKey = 'z'\nallowedIPs = []\n")
            .Select(s => s[..s.IndexOf(':', s.IndexOf(':', StringComparison.Ordinal) + 1)])
            .Distinct().Should().Equal("1:18", "2:1", "2:10", "3:14", "4:8", "5:7", "6:18", "8:13");

    [Test]
    public void No_bytes_make_reading_throw()
    {
        var whole = Encoding.UTF8.GetBytes(Two("10.0.0.0/8", "192.168.0.0/16") + "\n[x]\n" + Read.Around("mtu = 3"));
        var keys = KnownKeys.Namespace.Concat(KnownKeys.Interface).Concat(KnownKeys.Peer).ToArray();
        var values = new[] { "1", "-1", "'x'", "''", "[]", "['']", "[1]", "{}", "{a=1}", "[{}]", "true", "1.5", "1979-05-27", "inf", "\"\\u0000\"", "'''\nx'''", "'[::]:1'", "'/0'", "'[]:1'" };
        var lines = Gen.OneOf(
            from key in Gen.Elements(keys) from value in Gen.Elements(values) select $"{key} = {value}\n",
            Gen.Elements("[[peers]]\n", "[[interfaces]]\n", "[[interfaces.peers]]\n", "[peers]\n", "[interfaces]\n"));
        var mutated =
            from position in Gen.Choose(0, whole.Length - 1)
            from length in Gen.Choose(0, 20)
            from inserted in ArbMap.Default.ArbFor<byte[]>().Generator
            select whole[..position].Concat(inserted).Concat(whole[Math.Min(position + length, whole.Length)..]).ToArray();
        var written = lines.ListOf().Select(l => Encoding.UTF8.GetBytes(string.Concat(l)));

        Prop.ForAll(Gen.OneOf(mutated, written).ToArbitrary(), Gen.Elements("/etc/wgns/a.toml", "/wgns.toml", "relative.toml", "/c/x").ToArbitrary(), (bytes, path) =>
        {
            var result = ConfigurationReader.Read(bytes, path);
            result.Diagnostics.Should().OnlyContain(d => d.Span.Source == path && d.Message.Length > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static string WithDns(string line) =>
        Read.Around(line).Replace("dns_server = \"10.0.0.1\"\n", string.Empty, StringComparison.Ordinal);

    private static string Two(string one, string two) => $"""
        dns_server = '127.0.0.1'
        [[interfaces]]
        interfaceName = 'a'
        ips = ['10.0.0.2']
        privateKeyFile = 'k'
        [[interfaces.peers]]
        publicKey = '{Read.KeyA}'
        allowedIPs = ['{one}']
        [[interfaces]]
        interfaceName = 'b'
        ips = ['10.0.0.3']
        privateKeyFile = 'k'
        [[interfaces.peers]]
        publicKey = '{Read.KeyA}'
        allowedIPs = ['{two}']
        """;
}
