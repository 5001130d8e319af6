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
            "/usr/lib/systemd/systemd-socket-proxyd");
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
}
