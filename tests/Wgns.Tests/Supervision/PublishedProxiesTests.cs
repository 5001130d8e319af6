using Wgns.Supervision;
using Wgns.Tests.Configuration;

namespace Wgns.Tests.Supervision;

public sealed class PublishedProxiesTests
{
    private static readonly Wgns.Configuration.NamespaceConfig Published = Read.Config(Read.Around(string.Empty) + """
        [[publish]]
        listen = 8112
        connect = 80
        proxyProtocol = true
        [[publish]]
        listen = "0.0.0.0:53"
        protocol = "udp"
        [[publish]]
        listen = "/run/a.sock"
        connect = 81
        [[publish]]
        listen = 51413
        from = "tunnel"

        """);

    [Test]
    public void A_supervisor_forwards_what_systemd_does_not_listen_for()
    {
        Words(_ => false).Should().Equal(
            "127.0.0.1:8112", "proxy:127.0.0.1:80", "udp:0.0.0.0:53", "127.0.0.1:53", "/run/a.sock", "127.0.0.1:81");
        Words(unit => unit == $"wgns-publish-{Published.Name}:127.0.0.1:8112.socket").Should().Equal(
            "udp:0.0.0.0:53", "127.0.0.1:53", "/run/a.sock", "127.0.0.1:81");
        Words(_ => true).Should().BeEmpty();
    }

    private static IEnumerable<string> Words(Func<string, bool> hasUnit) => PublishedProxies.EntriesOf(Published, hasUnit).SelectMany(e => e.Words);
}
