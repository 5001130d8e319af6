using System.Net;
using Wgns.Configuration;

namespace Wgns.Tests.Configuration;

public sealed class PeerTests
{
    private const string Usual = "publicKey = '" + Read.KeyA + "'\nallowedIPs = ['0.0.0.0/0']\n";

    [TestCase("endpoint = 'vpn.example.com:51820'", "vpn.example.com:51820", null)]
    [TestCase("endpoint = 'vpn.example.com.:1'", "vpn.example.com.:1", null)]
    [TestCase("endpoint = 'under_score:65535'", "under_score:65535", null)]
    [TestCase("endpoint = '192.0.2.1:51820'", "192.0.2.1:51820", "192.0.2.1")]
    [TestCase("endpoint = '[2001:db8::1]:51820'", "[2001:db8::1]:51820", "2001:db8::1")]
    public void An_endpoint_is_a_name_or_an_address_with_a_port(string line, string text, string? address)
    {
        var endpoint = Read.Config(Read.WithPeer(Usual + line)).Interfaces[0].Peers[0].Endpoint!;

        endpoint.ToString().Should().Be(text);
        endpoint.Address.Should().Be(address is null ? null : IPAddress.Parse(address));
    }

    [TestCase("vpn.example.com", "has no port")]
    [TestCase("[2001:db8::1]", "has no port")]
    [TestCase("vpn.example.com:", "has \"\" for a port, which must be 1-65535")]
    [TestCase("vpn.example.com:0", "has \"0\" for a port, which must be 1-65535")]
    [TestCase("vpn.example.com:65536", "has \"65536\" for a port, which must be 1-65535")]
    [TestCase("vpn.example.com:+1", "has \"+1\" for a port, which must be 1-65535")]
    [TestCase("2001:db8::1:51820", "is an IPv6 address without brackets")]
    [TestCase("[192.0.2.1]:51820", "has \"192.0.2.1\" in brackets, which is no IPv6 address")]
    [TestCase("[fe80::1%eth0]:51820", "has \"fe80::1%eth0\" in brackets, which is no IPv6 address")]
    [TestCase("192.0.2.256:51820", "has \"192.0.2.256\" for an address")]
    [TestCase("192.0.2:51820", "has \"192.0.2\" for an address")]
    [TestCase(":51820", "has \"\" for an address")]
    [TestCase("a b:51820", "has \"a b\" for a host name")]
    [TestCase("$(reboot):51820", "has \"$(reboot)\" for a host name")]
    [TestCase("-a.example:51820", "has \"-a.example\" for a host name")]
    [TestCase("a..b:51820", "has \"a..b\" for a host name")]
    [TestCase("a..:51820", "has \"a..\" for a host name")]
    public void An_endpoint_that_is_neither_is_an_error_at_its_place(string endpoint, string problem)
    {
        var toml = Read.WithPeer($"{Usual}endpoint = '{endpoint}'");

        Read.Said(toml).Should().Equal($"7:12: error: endpoint \"{endpoint}\" {problem}");
        Read.Hints(toml).Should().Equal("like \"vpn.example.com:51820\" or \"[2001:db8::1]:51820\"");
    }

    [TestCase("publicKey = 'short'", "5:13: error: publicKey is no WireGuard key")]
    [TestCase("publicKey = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9='", "5:13: error: publicKey is no WireGuard key")]
    [TestCase("publicKey = ' AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='", "5:13: error: publicKey is no WireGuard key")]
    [TestCase("publicKey = 5", "5:13: error: publicKey is an integer; it must be a string")]
    [TestCase("endpoint = 'a:1'", "4:1: error: a peer has no publicKey")]
    public void A_peer_without_a_right_key_is_an_error(string line, string said) =>
        Read.Said(Read.WithPeer($"{line}\nallowedIPs = ['0.0.0.0/0']")).Should().Equal(said);

    [Test]
    public void What_else_is_wrong_with_a_peer_is_said_together_with_what_is_wrong_with_its_key() =>
        Read.Said(Read.WithPeer("publicKey = 'x'\nallowedIPs = ['y']\nendpoint = 'z'\npersistentKeepalive = 65536\npresharedKey = 'w'\ndynamicEndpointRefreshSeconds = -1"))
            .Should().Equal(
                "5:13: error: publicKey is no WireGuard key",
                "6:15: error: allowedIPs holds \"y\", which is no network",
                "7:12: error: endpoint \"z\" has no port",
                "8:23: error: persistentKeepalive is 65536; it must be 0-65535 seconds",
                "9:16: error: presharedKey is no WireGuard key",
                "10:33: error: dynamicEndpointRefreshSeconds is -1; it must be 0-31536000 seconds");

    [Test]
    public void The_same_peer_twice_is_an_error_at_its_second_place_that_names_the_first() =>
        Read.Said(Read.WithPeer(Usual) + Read.Peer($"publicKey = '{Read.KeyA}'\nallowedIPs = ['10.0.0.0/8']"))
            .Should().Equal($"9:13: error: the peer {Read.KeyA} is there twice, first at line 5");

    [Test]
    public void One_network_allowed_for_two_peers_is_an_error_at_its_second_place() =>
        Read.Said(Read.WithPeer(Usual) + Read.Peer($"publicKey = '{Read.KeyB}'\nallowedIPs = ['10.0.0.0/8', '0.0.0.0/0']"))
            .Should().Equal("10:29: error: 0.0.0.0/0 is allowed for two peers, first at line 6");

    [Test]
    public void Host_bits_of_an_allowed_network_are_cleared_with_a_warning()
    {
        var toml = Read.WithPeer($"publicKey = '{Read.KeyA}'\nallowedIPs = ['10.0.0.1/8', 'fd00::1/64']");

        Read.Said(toml).Should().Contain(
            "6:15: warning: allowedIPs holds 10.0.0.1/8, which has host bits set; 10.0.0.0/8 is used",
            "6:29: warning: allowedIPs holds fd00::1/64, which has host bits set; fd00::/64 is used");
        Read.Config(toml).Interfaces[0].Peers[0].AllowedIps.Select(a => a.ToString()).Should().Equal("10.0.0.0/8", "fd00::/64");
    }

    [TestCase("allowedIPs = ['0.0.0.0/0', '0.0.0.0/0']", "6:28: warning: allowedIPs holds 0.0.0.0/0 twice")]
    [TestCase("allowedIPs = ['0.0.0.0/0, ::/0']", "6:15: error: allowedIPs holds \"0.0.0.0/0, ::/0\", which is no network")]
    [TestCase("allowedIPs = '0.0.0.0/0'", "6:14: error: allowedIPs is a string; it must be a list of strings")]
    [TestCase("", "4:1: warning: the peer has no allowedIPs: nothing is sent to it, and nothing taken from it")]
    public void Bad_allowed_networks_are_said_at_their_place(string line, string said) =>
        Read.Said(Read.WithPeer($"publicKey = '{Read.KeyA}'\n{line}")).Should().Contain(said);

    [Test]
    public void A_preshared_key_in_the_configuration_is_kept_and_never_shown()
    {
        var config = Read.Config(Read.WithPeer($"{Usual}presharedKey = '{Read.Secret}'"));

        config.Interfaces[0].Peers[0].PresharedKey.Should().BeOfType<KeySource.Inline>()
            .Which.Key.Span.ToArray().Should().Equal(Convert.FromBase64String(Read.Secret));
        config.Interfaces[0].Peers[0].ToString().Should().NotContain(Read.Secret).And.Contain("(inline key)");
    }

    [Test]
    public void A_preshared_key_file_is_beside_the_configuration() =>
        Read.Config(Read.WithPeer($"{Usual}presharedKeyFile = 'psk'")).Interfaces[0].Peers[0].PresharedKey
            .Should().Be(new KeySource.File("/c/psk"));

    [TestCase("presharedKey = '" + Read.Secret + "'\npresharedKeyFile = 'psk'", "7:1: error: presharedKey and presharedKeyFile exclude each other")]
    [TestCase("presharedKeyFile = 'psk'\npresharedKey = '" + Read.Secret + "'", "8:1: error: presharedKey and presharedKeyFile exclude each other")]
    [TestCase("presharedKey = '" + Read.Secret + "A'", "7:16: error: presharedKey is no WireGuard key")]
    [TestCase("presharedKey = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='", "7:16: error: presharedKey is all zeros, which is how WireGuard says that there is none")]
    [TestCase("presharedKeyFile = ''", "7:20: error: presharedKeyFile is empty")]
    [TestCase("presharedKeyFile = '" + Read.Secret + "'", "7:20: error: presharedKeyFile is a key and not the path of a file with one")]
    public void A_bad_preshared_key_is_an_error_that_does_not_show_it(string lines, string said)
    {
        var toml = Read.WithPeer(Usual + lines);

        Read.Said(toml).Should().Equal(said);
        string.Concat(Read.Text(toml).Diagnostics).Should().NotContain(Read.Secret);
    }

    [TestCase("presharedKey = " + Read.Secret)]
    [TestCase("presharedKey = \"" + Read.Secret)]
    [TestCase("presharedKey " + Read.Secret)]
    [TestCase("'" + Read.Secret + "'")]
    [TestCase("presharedKey = ['" + Read.Secret + "'")]
    public void A_key_in_text_that_is_no_TOML_is_not_shown_either(string line)
    {
        var result = Read.Text(Read.WithPeer(Usual + line));

        result.HasErrors.Should().BeTrue();
        string.Concat(result.Diagnostics).Should().NotContain(Read.Secret[..12]);
    }

    [Test]
    public void Intervals_are_read()
    {
        var peer = Read.Config(Read.WithPeer($"{Usual}persistentKeepalive = 65535\ndynamicEndpointRefreshSeconds = 30")).Interfaces[0].Peers[0];

        peer.PersistentKeepalive.Should().Be(65535);
        peer.DynamicEndpointRefreshSeconds.Should().Be(30);
    }

    [Test]
    public void Peers_written_as_one_table_are_asked_for_as_an_array()
    {
        var toml = Read.WithPeer(Usual).Replace("[[peers]]", "[peers]", StringComparison.Ordinal);

        Read.Said(toml).Should().Contain("4:1: error: peers is a table; it must be an array of tables");
        Read.Hints(toml).Should().Contain("write [[peers]] and not [peers]");
    }
}
