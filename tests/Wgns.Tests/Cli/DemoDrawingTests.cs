using System.Net;
using Wgns.Cli.Output;
using Wgns.Demo;
using Wgns.Linux;

namespace Wgns.Tests.Cli;

internal sealed class DemoDrawingTests
{
    [Test]
    public void Every_address_link_and_port_is_in_it_and_every_line_fits_a_terminal([Values] bool hasUtf8, [Values] bool hasIPv6)
    {
        var map = Map(hasIPv6);
        var lines = DemoDrawing.Of(map, hasUtf8);
        var text = string.Join('\n', lines);

        lines.Should().OnlyContain(l => l.Length <= 79);
        string[] parts =
        [
            map.Namespace, map.ClientLink, map.HostCable, map.ProviderCable, map.ProviderLink, $"port {map.ClientPort}",
            $"{map.Addresses.Client}", $"{map.Addresses.Host}", $"{map.Addresses.Uplink}:{map.ProviderPort}",
            $"{map.Addresses.Provider}:80", $"{map.Addresses.Provider}:53",
            .. hasIPv6 ? (string[])[$"{map.Addresses.ClientV6}", $"{map.Addresses.ProviderV6}"] : [],
        ];
        foreach (var part in parts)
        {
            text.Should().Contain(part);
        }
    }

    [Test]
    public void Frames_close_and_the_pipes_meet_the_host()
    {
        var lines = DemoDrawing.Of(Map(hasIPv6: true), hasUtf8: true);
        var width = lines[0].Length;
        lines.Where(l => l.StartsWith(" │", StringComparison.Ordinal) || l.StartsWith(" └", StringComparison.Ordinal) || l.StartsWith(" ┌", StringComparison.Ordinal))
            .Should().HaveCountGreaterThan(8).And.OnlyContain(l => l.Length == width);

        var bottom = lines.Single(l => l.Contains('╥', StringComparison.Ordinal));
        var between = lines.Single(l => l.Contains('║', StringComparison.Ordinal));
        var top = lines.Single(l => l.Contains('╨', StringComparison.Ordinal));
        Columns(between, '║').Should().HaveCount(2).And.Equal(Columns(bottom, '╥')).And.Equal(Columns(top, '╨'));
    }

    [Test]
    public void Without_Unicode_it_is_ASCII_of_the_same_shape()
    {
        var plain = DemoDrawing.Of(Map(hasIPv6: true), hasUtf8: false);
        plain.Should().OnlyContain(l => l.All(c => c < 128));
        plain.Select(l => l.Length).Should().Equal(DemoDrawing.Of(Map(hasIPv6: true), hasUtf8: true).Select(l => l.Length));
    }

    [Test]
    public void The_longest_addresses_do_not_burst_the_frames()
    {
        var longest = new DemoAddresses(
            new Cidr(IPAddress.Parse("198.51.100.252"), 30),
            new Cidr(IPAddress.Parse("198.19.255.0"), 24),
            new Cidr(IPAddress.Parse("fdff:ffff:ffff::"), 64));
        var map = Map(hasIPv6: true) with { Addresses = longest, ClientPort = 65535 };
        string.Join('\n', DemoDrawing.Of(map, hasUtf8: true))
            .Should().Contain("198.51.100.254:51820").And.Contain("fdff:ffff:ffff::2").And.Contain("wgnsd-0123abcd 198.51.100.253");
    }

    private static List<int> Columns(string line, char wanted) =>
        [.. line.Select((c, i) => (c, i)).Where(p => p.c == wanted).Select(p => p.i)];

    private static DemoMap Map(bool hasIPv6) => new(
        DemoAddresses.Choose([], hasIPv6), "wgns-demo", "wgns-demo", 41234, "wgnsd-0123abcd", "uplink", "wg0", 51820);
}
