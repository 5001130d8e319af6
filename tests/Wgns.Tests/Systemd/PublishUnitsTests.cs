using Wgns.Configuration;
using Wgns.Systemd;

namespace Wgns.Tests.Systemd;

public sealed class PublishUnitsTests
{
    private static NamespaceConfig Config(params (string Listen, string Connect, int Idle)[] entries) => new()
    {
        Source = "/etc/wgns/vpn.toml",
        Name = "vpn",
        Publish = [.. entries.Select(e => new PublishConfig(Address(e.Listen), Address(e.Connect), e.Idle))],
    };

    private static StreamAddress Address(string text) => StreamAddress.TryParse(text, out var problem) ?? throw new ArgumentException(problem);

    [Test]
    public void Sockets_and_proxies_are_as_in_tests_data()
    {
        var files = PublishUnits.Of(
            Config(("8112", "8112", 300), ("[fd00::1]:8112", "80", 0), ("/run/100% web.sock", "/run/deluge/a b.sock", 1)),
            RuntimePaths.System,
            "/usr/bin/wgns");
        Golden.Compare("units/publish.txt", string.Concat(files.Select(f => $"# {f.Path}\n{f.Content}\n")));
    }

    [Test]
    public void Only_sockets_are_enabled_and_each_proxy_belongs_to_its_socket()
    {
        var files = PublishUnits.Of(Config(("8112", "8112", 300)), RuntimePaths.System, "/p");
        files.Select(f => f.Name).Should().Equal("wgns-publish-vpn:127.0.0.1:8112.socket", "wgns-publish-vpn:127.0.0.1:8112.service");
        files.Select(f => f.IsEnabled).Should().Equal(true, false);
        files.Select(f => f.Attached).Distinct().Should().Equal(files[0].Name);
        files.Should().OnlyContain(f => PublishUnits.IsOne(f));
        UnitName.TryConfined(files[0].Attached, out _, out _).Should().Be(files[0].Attached);
    }

    [Test]
    public void A_port_of_UDP_has_a_socket_of_datagrams_beside_the_one_of_TCP()
    {
        var config = Config(("53", "53", 300), ("53", "53", 300));
        config = config with { Publish = [config.Publish[0], config.Publish[1] with { Protocol = PublishProtocol.Udp }] };
        var files = PublishUnits.Of(config, RuntimePaths.System, "/usr/bin/wgns");
        files.Select(f => f.Name).Should().OnlyHaveUniqueItems().And.Contain("wgns-publish-vpn:udp:127.0.0.1:53.socket");
        files[0].Body.Should().Contain("\nListenStream=127.0.0.1:53\n").And.NotContain("ListenDatagram");
        files[2].Body.Should().Contain("\nListenDatagram=127.0.0.1:53\n").And.NotContain("ListenStream");
        files[3].Body.Should().Contain("\nExecStart=/usr/bin/wgns forward --idle 300 fd:3 127.0.0.1:53\n");
    }

    [Test]
    public void Who_is_to_hear_who_connects_is_told_so_on_the_command_line()
    {
        var config = Config(("8112", "80", 0));
        var files = PublishUnits.Of(config with { Publish = [config.Publish[0] with { ProxyProtocol = true }] }, RuntimePaths.System, "/usr/bin/wgns");
        files[1].Body.Should().Contain("\nExecStart=/usr/bin/wgns forward --idle 0 fd:3 proxy:127.0.0.1:80\n");
    }

    [Test]
    public void What_comes_by_the_tunnel_has_no_units()
    {
        var config = Config(("51413", "51413", 300));
        PublishUnits.Of(config with { Publish = [config.Publish[0] with { From = PublishFrom.Tunnel }] }, RuntimePaths.System, "/p").Should().BeEmpty();
    }
}
