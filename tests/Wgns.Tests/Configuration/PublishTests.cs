using Wgns.Configuration;

namespace Wgns.Tests.Configuration;

public sealed class PublishTests
{
    private static string With(params string[] entries) =>
        Read.Around(string.Empty) + string.Concat(entries.Select(e => $"[[publish]]\n{e}\n"));

    private static string[] Errors(params string[] entries) => [.. Read.Text(With(entries)).Diagnostics.Select(d => d.Message)];

    [TestCase("listen = 8112", "127.0.0.1:8112", "127.0.0.1:8112", 300)]
    [TestCase("listen = '8112'\nidle = 0", "127.0.0.1:8112", "127.0.0.1:8112", 0)]
    [TestCase("listen = '0.0.0.0:8112'\nconnect = 80", "0.0.0.0:8112", "127.0.0.1:80", 300)]
    [TestCase("listen = '[fd00::1]:8112'\nconnect = '[::1]:1'", "[fd00::1]:8112", "[::1]:1", 300)]
    [TestCase("listen = '/run/a.sock'\nconnect = '/run/b/c.sock'\nidle = 86400", "/run/a.sock", "/run/b/c.sock", 86400)]
    public void An_entry_says_where_the_host_listens_and_where_that_leads(string entry, string listen, string connect, int idle)
    {
        var publish = Read.Config(With(entry)).Publish.Should().ContainSingle().Subject;
        publish.Listen.ToString().Should().Be(listen);
        publish.Connect.ToString().Should().Be(connect);
        publish.IdleSeconds.Should().Be(idle);
    }

    [TestCase("connect = 80", "a publish has no listen")]
    [TestCase("listen = 0", "listen is 0; a port is 1-65535")]
    [TestCase("listen = 65536", "listen is 65536; a port is 1-65535")]
    [TestCase("listen = -1", "listen is -1; a port is 1-65535")]
    [TestCase("listen = true", "listen is a boolean; it must be a port or a string")]
    [TestCase("listen = 'localhost:80'", "listen \"localhost:80\" has no IP address before its port")]
    [TestCase("listen = '::1:80'", "listen \"::1:80\" has no IP address before its port")]
    [TestCase("listen = '[127.0.0.1]:80'", "listen \"[127.0.0.1]:80\" has no IP address before its port")]
    [TestCase("listen = '127.0.0.1:'", "listen \"127.0.0.1:\" has no port of 1-65535")]
    [TestCase("listen = ''", "listen \"\" has no port of 1-65535")]
    [TestCase("listen = 'run/a'", "listen \"run/a\" has no port of 1-65535")]
    [TestCase("listen = '/run/../a'\nconnect = 1", "listen \"/run/../a\" is no plain path: \"//\", \".\", \"..\" or a \"/\" at its end")]
    [TestCase("listen = \"/run/a\\nb\"\nconnect = 1", "listen \"/run/a\nb\" holds a control character or a '\\', which no unit can name")]
    [TestCase("listen = '/run/a'", "a publish that listens on a path has no connect")]
    [TestCase("listen = 1\nidle = 86401", "idle is 86401; it must be 0-86400 seconds (0 is for good)")]
    [TestCase("lisen = 1\nlisten = 1", "unknown key \"lisen\" in a publish")]
    [TestCase("listen = 1\nprotocol = 'sctp'", "protocol is \"sctp\"; it must be one of \"tcp\", \"udp\", \"unix\"")]
    [TestCase("listen = 1\nfrom = 'lann'", "from is \"lann\"; it must be one of \"host\", \"lan\", \"tunnel\"")]
    [TestCase("listen = 1\nproxyProtocol = 1", "proxyProtocol is an integer; it must be a boolean")]
    [TestCase("listen = '/run/a'\nconnect = 1\nprotocol = 'tcp'", "listen is a path, and protocol is \"tcp\"")]
    [TestCase("listen = '/run/a'\nconnect = 1\nprotocol = 'udp'", "listen is a path, and protocol is \"udp\"")]
    [TestCase("listen = 1\nprotocol = 'unix'", "protocol is \"unix\", and listen is no path")]
    [TestCase("listen = 1\nprotocol = 'udp'\nconnect = '/run/a'", "protocol is \"udp\", and connect is a path")]
    [TestCase("listen = 1\nprotocol = 'udp'\nproxyProtocol = true", "proxyProtocol is one of connections, and protocol is \"udp\"")]
    [TestCase("listen = '0.0.0.0:1'\nfrom = 'host'", "0.0.0.0:1 is not of the host alone, and from is \"host\"")]
    [TestCase("listen = 1\nfrom = 'lan'", "127.0.0.1:1 is of the host alone, and from is \"lan\"")]
    [TestCase("listen = '/run/a'\nconnect = 1\nfrom = 'lan'", "/run/a is of the host alone, and from is \"lan\"")]
    [TestCase("listen = '0.0.0.0:1'\nfrom = 'tunnel'", "listen is \"0.0.0.0:1\", and from is \"tunnel\"")]
    [TestCase("listen = 1\nfrom = 'tunnel'\nconnect = 2", "connect is of a proxy, and from = \"tunnel\" has none")]
    [TestCase("listen = 1\nfrom = 'tunnel'\nidle = 2", "idle is of a proxy, and from = \"tunnel\" has none")]
    [TestCase("listen = 1\nfrom = 'tunnel'\nproxyProtocol = true", "proxyProtocol is of a proxy, and from = \"tunnel\" has none")]
    [TestCase("listen = 1\nfrom = 'tunnel'\nprotocol = 'unix'", "protocol is \"unix\", and from is \"tunnel\"")]
    public void What_is_wrong_with_an_entry_is_said(string entry, string message) => Errors(entry).Should().Equal(message);

    [TestCase("listen = '0.0.0.0:1'\nvia = 'bridge'", "via is \"bridge\"; it must be one of \"proxy\", \"link\"")]
    [TestCase("listen = 1\nvia = 'link'", "via is \"link\", and from is \"host\"")]
    [TestCase("listen = 1\nfrom = 'tunnel'\nvia = 'link'", "via is \"link\", and from is \"tunnel\"")]
    [TestCase("listen = '0.0.0.0:1'\nvia = 'link'", "0.0.0.0:1 is published via the link, and there is no hostLink")]
    [TestCase("listen = '0.0.0.0:1'\nvia = 'link'\n[hostLink]\nenable = false", "0.0.0.0:1 is published via the link, and there is no hostLink")]
    [TestCase("listen = '[::]:1'\nvia = 'link'\n[hostLink]", "[::]:1 is published via the link, and the hostLink has no IPv6 address")]
    [TestCase("listen = '[::]:1'\nvia = 'link'\n[hostLink]\nhostAddresses = ['10.9.0.1/30', 'fe80::1/64']\nnsAddresses = ['10.9.0.2/30', 'fe80::2/64']", "[::]:1 is published via the link, and the hostLink has no IPv6 address")]
    [TestCase("listen = '0.0.0.0:1'\nvia = 'link'\n[hostLink]\nhostAddresses = 'fd09::1/127'\nnsAddresses = 'fd09::/127'", "0.0.0.0:1 is published via the link, and the hostLink has no IPv4 address")]
    [TestCase("listen = '0.0.0.0:1'\nvia = 'link'\nproxyProtocol = true\n[hostLink]", "proxyProtocol is of a proxy, and via = \"link\" has none")]
    [TestCase("listen = '0.0.0.0:1'\nvia = 'link'\nidle = 1\n[hostLink]", "idle is of a proxy, and via = \"link\" has none")]
    [TestCase("listen = '0.0.0.0:1'\nvia = 'link'\nconnect = '10.9.0.2:1'\n[hostLink]", "connect is \"10.9.0.2:1\", and via is \"link\"")]
    [TestCase("listen = '/run/a'\nconnect = 1\nvia = 'link'\n[hostLink]", "via is \"link\", and from is \"host\"", "via is \"link\", and protocol is \"unix\"")]
    public void What_is_wrong_with_one_that_goes_by_the_link_is_said(string entry, params string[] messages) => Errors(entry).Should().Equal(messages);

    [Test]
    public void By_the_link_IPv4_and_IPv6_are_two_and_neither_has_a_proxy()
    {
        const string link = "[hostLink]\nhostAddresses = ['10.9.0.1/30', 'fd09::1/127']\nnsAddresses = ['10.9.0.2/30', 'fd09::/127']";
        var config = Read.Config(With("listen = '0.0.0.0:1'\nvia = 'link'", $"listen = '[::]:1'\nfrom = 'lan'\nvia = 'link'\n{link}"));

        config.Publish.Should().HaveCount(2).And.OnlyContain(p => p.Via == PublishVia.Link && !p.HasProxy);
        Errors("listen = '0.0.0.0:1'\nvia = 'link'", $"listen = '[::]:1'\n{link}").Should().ContainSingle().Which.Should().StartWith("[::]:1 is published twice");
    }

    [TestCase("listen = 1", PublishFrom.Host, PublishProtocol.Tcp)]
    [TestCase("listen = '[::1]:1'\nprotocol = 'udp'", PublishFrom.Host, PublishProtocol.Udp)]
    [TestCase("listen = '/run/a'\nconnect = 1", PublishFrom.Host, PublishProtocol.Unix)]
    [TestCase("listen = '/run/a'\nconnect = 1\nprotocol = 'unix'\nfrom = 'host'", PublishFrom.Host, PublishProtocol.Unix)]
    [TestCase("listen = '192.0.2.1:1'", PublishFrom.Lan, PublishProtocol.Tcp)]
    [TestCase("listen = '[::]:1'\nfrom = 'lan'\nprotocol = 'udp'", PublishFrom.Lan, PublishProtocol.Udp)]
    [TestCase("listen = 51413\nfrom = 'tunnel'", PublishFrom.Tunnel, PublishProtocol.Tcp)]
    [TestCase("listen = '51413'\nfrom = 'tunnel'\nprotocol = 'udp'", PublishFrom.Tunnel, PublishProtocol.Udp)]
    public void Who_is_let_in_and_what_is_spoken_follow_from_the_address_where_they_are_not_said(string entry, PublishFrom from, PublishProtocol protocol)
    {
        var publish = Read.Config(With(entry)).Publish.Should().ContainSingle().Subject;
        publish.From.Should().Be(from);
        publish.Protocol.Should().Be(protocol);
        publish.ProxyProtocol.Should().BeFalse();
        publish.HasProxy.Should().Be(from != PublishFrom.Tunnel);
    }

    [Test]
    public void Each_connection_may_begin_with_who_it_is_from() =>
        Read.Config(With("listen = 1\nproxyProtocol = true")).Publish.Single().ProxyProtocol.Should().BeTrue();

    [Test]
    public void What_is_wrong_is_said_at_its_place_with_a_cure()
    {
        var text = With("listen = 1\nfrom = 'tunnel'\nconnect = 2");
        var said = Read.Text(text).Diagnostics.Single();
        said.Span.Line.Should().Be(text.Split('\n').ToList().IndexOf("connect = 2") + 1);
        said.Hint.Should().Contain("comes to the service itself");
    }

    [Test]
    public void A_port_of_the_tunnel_takes_a_tunnel()
    {
        var result = Read.Text("dns_server = []\n[[publish]]\nlisten = 1\nfrom = 'tunnel'\n");
        result.Diagnostics.Should().Contain(d => d.Message.Contains("no interface that it could come by"));
        Read.Text($"interfaceName = 'wg*'\n{With("listen = 1\nfrom = 'tunnel'")}").Diagnostics.Should().ContainSingle()
            .Which.Message.Should().Contain("cannot stand in a rule");
    }

    [Test]
    public void A_path_that_no_socket_can_have_is_refused() =>
        Errors($"listen = '/{new string('a', 107)}'\nconnect = 1").Should().ContainSingle().Which.Should().Contain("107 bytes");

    [TestCase("listen = 80", "listen = '127.0.0.1:80'")]
    [TestCase("listen = 80", "listen = '0.0.0.0:80'")]
    [TestCase("listen = '[::]:80'", "listen = 80")]
    [TestCase("listen = '/run/a'\nconnect = 1", "listen = '/run/a'\nconnect = 2")]
    [TestCase("listen = 80\nprotocol = 'udp'", "listen = '[::]:80'\nprotocol = 'udp'")]
    public void Two_entries_that_listen_at_one_place_are_an_error_at_the_second(string first, string second)
    {
        var result = Read.Text(With(first, second));
        var said = result.Diagnostics.Should().ContainSingle().Subject;
        said.Message.Should().Contain("is published twice");
        said.Span.Line.Should().BeGreaterThan(result.Config.Publish.Length + 8);
        result.Config.Publish.Should().ContainSingle();
    }

    [Test]
    public void A_port_of_the_tunnel_is_opened_once() =>
        Errors("listen = 80\nfrom = 'tunnel'", "listen = 80\nfrom = 'tunnel'").Should().ContainSingle().Which.Should().StartWith("port 80 of the tunnel is opened twice");

    [TestCase("listen = 80", "listen = 81")]
    [TestCase("listen = 80", "listen = 80\nprotocol = 'udp'")]
    [TestCase("listen = 80", "listen = 80\nfrom = 'tunnel'")]
    [TestCase("listen = 80\nfrom = 'tunnel'", "listen = 80\nfrom = 'tunnel'\nprotocol = 'udp'")]
    [TestCase("listen = '127.0.0.1:80'", "listen = '127.0.0.2:80'")]
    [TestCase("listen = '0.0.0.0:80'", "listen = '[::1]:80'")]
    public void Two_entries_at_different_places_are_two(string first, string second) =>
        Read.Config(With(first, second)).Publish.Should().HaveCount(2);
}
