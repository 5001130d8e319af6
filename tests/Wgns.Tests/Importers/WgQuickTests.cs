using Wgns.Configuration;
using Wgns.Importers;

namespace Wgns.Tests.Importers;

public sealed class WgQuickTests
{
    [Test]
    public void Keys_and_sections_are_read_in_any_case_and_with_Windows_line_ends()
    {
        var import = Corpus.Good(Corpus.Conf("mTu = 1300").Replace("\n", "\r\n", StringComparison.Ordinal).ToUpperInvariant()
            .Replace(Corpus.Private.ToUpperInvariant(), Corpus.Private, StringComparison.Ordinal)
            .Replace(Corpus.PeerA.ToUpperInvariant(), Corpus.PeerA, StringComparison.Ordinal));

        import.Config.Interfaces.Single().Mtu.Should().Be(1300);
        import.Config.Name.Should().Be("wg0");
    }

    [Test]
    public void Servers_and_search_domains_are_told_apart_as_wg_quick_does()
    {
        var config = Corpus.Good(Corpus.Conf("DNS = fd00::1 , corp.example,10.0.0.3\nDNS=a.example")).Config;

        config.DnsServers.Select(s => s.ToString()).Should().Equal("10.0.0.1", "fd00::1", "10.0.0.3");
        config.DnsSearch.Should().Equal("corp.example", "a.example");
    }

    [Test]
    public void Without_DNS_the_report_says_that_nothing_can_be_looked_up() =>
        Corpus.Good(Corpus.Conf().Replace("DNS = 10.0.0.1\n", "", StringComparison.Ordinal)).Diagnostics
            .Should().ContainSingle(d => d.Message.StartsWith("there is no dns_server", StringComparison.Ordinal) && d.Span.Source == "/in/wg0.conf");

    [Test]
    public void Table_off_makes_no_routes_and_says_so()
    {
        var import = Corpus.Good(Corpus.Conf("Table = off"));

        import.Config.Interfaces.Single().Routes.Should().BeEmpty();
        import.Notes.Select(n => n.ToString()).Should().ContainSingle(n => n.StartsWith("/in/wg0.conf:5:1: Table = off: allowedIPsAsRoutes = false", StringComparison.Ordinal));
    }

    [Test]
    public void Hooks_sleep_unless_they_are_asked_for()
    {
        const string Hook = "PostUp = echo %i # not this";
        Corpus.Good(Corpus.Conf(Hook)).Config.Hooks.IsEmpty.Should().BeTrue();
        Corpus.Good(Corpus.Conf(Hook)).Toml.Should().Contain("# [hooks]\n# postUp = [{ command = \"echo wg0\", where = \"namespace\" }]");
        Corpus.Good(Corpus.Conf(Hook), options: new ImportOptions(Hooks: HookPlace.Host)).Config.Hooks.PostUp
            .Should().Equal(new HookCommand("echo wg0", HookPlace.Host));
    }

    [Test]
    public void A_hook_with_a_key_in_it_stays_asleep_and_without_the_key()
    {
        var import = Corpus.Good(Corpus.Conf($"PostUp = wg set %i private-key <(echo {Corpus.OtherPrivate})"), options: new ImportOptions(Hooks: HookPlace.Host));

        import.Config.Hooks.IsEmpty.Should().BeTrue();
        import.Toml.Should().Contain("echo (a key, left out)");
        import.Notes.Single().ToString().Should().Contain("it holds a key").And.NotContain(Corpus.OtherPrivate);
    }

    [Test]
    public void A_hook_that_sets_the_missing_private_key_becomes_privateKeyFile()
    {
        var text = Corpus.Conf("PostUp = wg set %i private-key /etc/wireguard/%i.key").Replace($"PrivateKey = {Corpus.Private}\n", "", StringComparison.Ordinal);
        var import = Corpus.Good(text);

        import.Config.Interfaces.Single().PrivateKey.Should().Be(new KeySource.File("/etc/wireguard/wg0.key"));
        import.Toml.Should().Contain("privateKeyFile = \"/etc/wireguard/wg0.key\"").And.NotContain("[hooks]");
        import.Keys.Should().BeEmpty();
    }

    [Test]
    public void Without_any_private_key_a_file_for_it_is_named()
    {
        var import = Corpus.Good(Corpus.Conf().Replace($"PrivateKey = {Corpus.Private}\n", "", StringComparison.Ordinal), options: new ImportOptions("/etc/wgns/a.toml"));

        import.Config.Interfaces.Single().PrivateKey.Should().Be(new KeySource.File("/etc/wgns/a.key"));
        import.Notes.Should().ContainSingle(n => n.What == "there is no PrivateKey");
    }

    [Test]
    public void A_provider_s_long_file_name_gives_the_interface_another()
    {
        var config = Corpus.Good(Corpus.Conf(), "/in/mullvad se-sto (1).conf").Config;

        config.Name.Should().Be("mullvad-se-sto--1-");
        config.Interfaces.Single().Ifname.Should().Be("wg0");
    }

    [TestCase("Adress = 10.0.0.3/32", "5:1: error: [Interface] has no key Adress")]
    [TestCase("Address = 10.0.0.300/32", "5:11: error: ips holds \"10.0.0.300/32\", which is no address with prefix")]
    [TestCase("Address = 10.0.0.3/32, ä", "5:24: error: ips holds \"ä\", which is no address with prefix")]
    [TestCase("MTU = big", "5:7: error: MTU is \"big\", which is no number")]
    [TestCase("MTU = 12", "5:7: error: mtu is 12; it must be 576-65535 bytes")]
    [TestCase("ListenPort = 70000", "5:14: error: listenPort is 70000; it must be 1-65535")]
    [TestCase("nonsense", "5:1: error: this is no KEY = VALUE")]
    [TestCase("[Pear]", "5:1: error: there is no section [Pear]")]
    [TestCase("PrivateKey = nonsense", "5:14: error: PrivateKey is no WireGuard key")]
    [TestCase("SaveConfig = perhaps", "5:14: error: SaveConfig is \"perhaps\"; it must be true or false")]
    public void A_mistake_is_said_at_its_line_and_column(string line, string said) =>
        Corpus.Errors(Corpus.Text(Corpus.Conf(line))).Should().Contain($"/in/wg0.conf:{said}");

    [Test]
    public void A_peer_s_mistakes_are_said_at_their_places_too()
    {
        Corpus.Errors(Corpus.Text(Corpus.Conf(ofPeer: "Endpoint = vpn.example"))).Should().Equal("/in/wg0.conf:9:12: error: endpoint \"vpn.example\" has no port");
        Corpus.Errors(Corpus.Text(Corpus.Conf(ofPeer: $"[Peer]\nPublicKey = {Corpus.PeerA}"))).Should().ContainSingle().Which.Should().StartWith("/in/wg0.conf:10:13: error: the peer");
        Corpus.Errors(Corpus.Text("[Peer]\n")).Should().Contain("/in/wg0.conf: error: there is no [Interface]");
    }

    [Test]
    public void What_is_written_names_its_key_files_after_the_configuration()
    {
        var import = Corpus.Good(Corpus.Conf(ofPeer: $"PresharedKey = {Corpus.Preshared}"), options: new ImportOptions("/etc/wgns/office.toml"));

        import.Keys.Select(k => k.File).Should().Equal("office.key", "office-peer1.psk");
        import.Toml.Should().Contain("privateKeyFile = \"office.key\"").And.Contain("presharedKeyFile = \"office-peer1.psk\"");
        import.Config.Interfaces.Single().PrivateKey.Should().BeOfType<KeySource.Inline>();
    }
}
