using Wgns.Systemd;

namespace Wgns.Tests.Systemd;

public sealed class UnitNameTests
{
    [TestCase("deluged", "deluged.service")]
    [TestCase("deluged.service", "deluged.service")]
    [TestCase("web.socket", "web.socket")]
    [TestCase("getty@tty1", "getty@tty1.service")]
    [TestCase("a.b", "a.b.service")]
    [TestCase(@"run-x\x20y", @"run-x\x20y.service")]
    public void A_service_may_be_named_with_and_without_its_ending(string text, string unit)
    {
        UnitName.TryConfined(text, out var problem, out _).Should().Be(unit);
        problem.Should().BeEmpty();
    }

    [TestCase("", "no hint")]
    [TestCase("a b", "systemd-escape")]
    [TestCase("../a", "systemd-escape")]
    [TestCase("a\nb", "systemd-escape")]
    [TestCase("-p", "systemd-escape")]
    [TestCase("@x", "systemd-escape")]
    [TestCase("a.timer", "the service that it starts")]
    [TestCase("a.target", "the service that it starts")]
    [TestCase("getty@", "getty@one.service")]
    public void What_names_no_service_is_refused_with_a_hint(string text, string hint)
    {
        UnitName.TryConfined(text, out var problem, out var said).Should().BeNull();
        problem.Should().NotBeEmpty();
        (said ?? "no hint").Should().Contain(hint);
    }

    [TestCase("wgns@vpn.service", true)]
    [TestCase("wgns-netns@nl.service", true)]
    [TestCase("wgns-publish-vpn:127.0.0.1:80.socket", true)]
    [TestCase("wgns-nscd.socket", true)]
    [TestCase("wgns-exporter.service", false)]
    [TestCase("my-wgns@vpn.service", false)]
    public void The_units_of_wgns_are_known_and_no_others(string unit, bool isOwn) => UnitName.IsOwn(unit).Should().Be(isOwn);

    [Test]
    public void A_name_longer_than_systemd_takes_is_refused()
    {
        UnitName.TryConfined(new string('a', 247), out _, out _).Should().NotBeNull();
        UnitName.TryConfined(new string('a', 248), out _, out _).Should().BeNull();
    }

    [TestCase("/run/deluge/web.sock", "run-deluge-web.sock")]
    [TestCase("/run/.a-b", @"run-.a\x2db")]
    [TestCase("/.hidden", @"\x2ehidden")]
    [TestCase("/run/ü", @"run-\xc3\xbc")]
    public void A_path_becomes_part_of_a_name_as_systemd_escape_makes_it(string path, string escaped) =>
        UnitName.OfPath(path).Should().Be(escaped);

    [Test]
    public void Nothing_in_a_path_can_end_its_directive_or_be_a_specifier()
    {
        UnitText.Path("/run/a b:c%n\"'\\").Should().Be(@"/run/a\ b\:c%%n\""\'\\");
        UnitText.Word("/a b;$HOME%n").Should().Be(@"/a\x20b\x3b$$HOME%%n");
        FluentActions.Invoking(() => UnitText.Path("/a\n[Service]")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => UnitText.Word("/a\n[Service]")).Should().Throw<ArgumentException>();
    }
}
