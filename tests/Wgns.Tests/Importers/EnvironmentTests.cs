using Wgns.Configuration;
using Wgns.Importers;

namespace Wgns.Tests.Importers;

public sealed class EnvironmentTests
{
    private const string Path = "/in/vpn.conf";

    private static string File(string lines = "", string name = "NETNS_NAME=vpn") => $"""
        {name}
        WIREGUARD_NAME=wg-vpn
        WIREGUARD_PRIVATE_KEY={Corpus.Private}
        WIREGUARD_ENDPOINT=1.2.3.4:56789
        WIREGUARD_VPN_PUBLIC_KEY={Corpus.PeerA}
        WIREGUARD_ALLOWED_IPS=0.0.0.0/0,::0/0
        WIREGUARD_IP_ADDRESSES=10.0.0.1/32
        {lines}
        """;

    /// <summary>What systemd 252 gives a unit for each of these, tried.</summary>
    [TestCase("NETNS_NAME=a", "a")]
    [TestCase("  NETNS_NAME = a  ", "a")]
    [TestCase("NETNS_NAME=\"a\"", "a")]
    [TestCase("NETNS_NAME='a'", "a")]
    [TestCase("NETNS_NAME='a'\"b\"c", "abc")]
    [TestCase("NETNS_NAME=\\a", "a")]
    [TestCase("NETNS_NAME=a\\\nb", "ab")]
    [TestCase("NETNS_NAME=\"a\\\nb\"", "ab")]
    [TestCase("NETNS_NAME=a\r", "a")]
    public void Quotes_and_backslashes_are_systemd_s(string line, string name) =>
        Corpus.Good(File(name: line), Path).Config.Name.Should().Be(name);

    [TestCase("WIREGUARD_VPN_PRESHARED_KEY")]
    [TestCase("WIREGUARD_VPN_PPRESHARED_KEY")]
    public void Both_spellings_of_the_preshared_key_are_taken_and_a_dash_is_none(string name)
    {
        Corpus.Good(File($"{name}={Corpus.Preshared}"), Path).Config.Interfaces.Single().Peers.Single().PresharedKey.Should().BeOfType<KeySource.Inline>();
        Corpus.Good(File($"{name}=-"), Path).Config.Interfaces.Single().Peers.Single().PresharedKey.Should().BeNull();
    }

    [Test]
    public void The_link_to_the_host_and_strange_variables_are_reported_each_at_its_line()
    {
        var notes = Corpus.Good(File("TUNNEL_ENABLE=1\nTUNNEL_INIT_NAME=veth0\nCOLOUR=blue\nCOLOUR"), Path).Notes;

        notes.Select(n => n.Span.Line).Should().Equal(8, 9, 10, 11);
        notes[1].ToString().Should().StartWith("/in/vpn.conf:9:1: TUNNEL_INIT_NAME=veth0: left out").And.Contain("[[publish]]");
    }

    [Test]
    public void That_there_are_no_name_servers_is_said() =>
        Corpus.Good(File(), Path).Diagnostics.Should().ContainSingle().Which.Message.Should().StartWith("there is no dns_server");

    [Test]
    public void Of_two_values_the_last_counts()
    {
        var import = Corpus.Good(File("WIREGUARD_NAME=wg1"), Path);

        import.Config.Interfaces.Single().Ifname.Should().Be("wg1");
        import.Notes.Should().ContainSingle(n => n.Span.Line == 2);
    }

    [TestCase("WIREGUARD_PRIVATE_KEY=abcdFAKE", "8:23: error: WIREGUARD_PRIVATE_KEY is no WireGuard key")]
    [TestCase("WIREGUARD_ENDPONT=a:1", "8:1: error: namespaced-wireguard-vpn has no WIREGUARD_ENDPONT")]
    [TestCase("WIREGUARD_INITIAL_MTU=big", "8:23: error: WIREGUARD_INITIAL_MTU is \"big\", which is no number")]
    [TestCase("NETNS_NAME='a", "8:12: error: the quote ' is not closed")]
    public void A_mistake_is_said_at_its_line_and_column(string line, string said) =>
        Corpus.Errors(Corpus.Text(File(line), Path)).Should().Contain($"{Path}:{said}");
}
