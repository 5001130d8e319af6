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
    public void The_link_to_the_host_becomes_hostLink_and_what_it_does_not_let_by_is_said()
    {
        var import = Corpus.Good(
            File("TUNNEL_INIT_NAME=veth-vpn0\nTUNNEL_INIT_IP_ADDRESSES=10.127.0.1/30,fd7f::1/126\nTUNNEL_VPN_NAME=veth-vpn1\nTUNNEL_VPN_IP_ADDRESSES=10.127.0.2/30,fd7f::2/126"), Path);

        Corpus.Said(import.Config).Should().Contain("veth-vpn0 10.127.0.1/30 fd7f::1/126 - veth-vpn1 10.127.0.2/30 fd7f::2/126\n");
        import.Toml.Should().Contain("\n[hostLink]\nhostInterface = \"veth-vpn0\"\n");
        import.Notes.Should().ContainSingle().Which.ToString().Should().StartWith("/in/vpn.conf:8:1: the link to the host").And.Contain("[[publish]]");
        Corpus.Said(Corpus.ReadAgain(import, Path)).Should().Be(Corpus.Said(import.Config));
    }

    [Test]
    public void A_link_to_the_host_that_is_off_stays_off()
    {
        var import = Corpus.Good(File("TUNNEL_ENABLE=0\nTUNNEL_INIT_NAME=veth0"), Path);

        import.Config.HostLink.Should().BeNull();
        import.Notes.Select(n => n.ToString()).Should().Contain("/in/vpn.conf:9:1: TUNNEL_INIT_NAME=veth0: left out: the link is off");
    }

    [TestCase("TUNNEL_INIT_IP_ADDRESSES=10.127.0.1/30", "8:26: error: 10.127.0.1/30 of hostAddresses has no counterpart in nsAddresses")]
    [TestCase("TUNNEL_INIT_NAME=a/b", "8:18: error: hostInterface \"a/b\" holds a '/'")]
    public void A_mistake_in_the_link_to_the_host_is_said_at_its_place(string line, string said) =>
        Corpus.Errors(Corpus.Text(File(line), Path)).Should().ContainSingle().Which.Should().StartWith($"{Path}:{said}");

    [Test]
    public void Strange_variables_are_reported_each_at_its_line() =>
        Corpus.Good(File("COLOUR=blue\nCOLOUR"), Path).Notes.Select(n => n.Span.Line).Should().Equal(8, 9);

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
