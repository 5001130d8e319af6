namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>kill -9 before and after each operation of a run, and before and after each writing of its record.</summary>
[Category("UserNamespace")]
public sealed class CrashTests
{
    [Test]
    public void An_up_after_a_crash_anywhere_in_an_up_makes_what_an_undisturbed_up_makes()
    {
        using var lab = new Lab { Rules = "add rule inet wgns input tcp dport 6881 accept\n", Extra = "mtu = 1400" };
        lab.Save();
        InProcess.Up(lab);
        var shape = Machine.Shape(lab.Name);
        InProcess.Down(lab);
        Crash.AtEveryPoint(lab, ["up", lab.Config], where =>
        {
            Crash.UpFinishes(lab, shape, where);
            Machine.Engines(lab.Name).Should().ContainSingle(where);
            InProcess.Down(lab);
            lab.Leftovers().Should().BeEmpty(where);
        }).Should().BeGreaterThan(30);
    }

    [Test]
    public void A_down_after_a_crash_anywhere_in_an_up_leaves_nothing()
    {
        using var lab = new Lab();
        Crash.AtEveryPoint(lab, ["up", lab.Config], where =>
        {
            InProcess.Down(lab);
            lab.Leftovers().Should().BeEmpty(where);
        }).Should().BeGreaterThan(30);
    }

    [Test]
    public void A_down_after_a_crash_anywhere_in_a_down_leaves_nothing()
    {
        using var lab = new Lab();
        InProcess.Up(lab);
        Crash.AtEveryPoint(lab, ["down", lab.Name], where =>
        {
            InProcess.Down(lab);
            lab.Leftovers().Should().BeEmpty(where);
            InProcess.Up(lab);
        }).Should().BeGreaterThan(10);
    }

    [Test]
    public void An_up_after_a_crash_anywhere_in_a_down_makes_what_an_undisturbed_up_makes()
    {
        using var lab = new Lab();
        InProcess.Up(lab);
        var shape = Machine.Shape(lab.Name);
        Crash.AtEveryPoint(lab, ["down", lab.Name], where =>
        {
            Crash.UpFinishes(lab, shape, where);
        }).Should().BeGreaterThan(10);
    }

    [Test]
    public void An_up_after_a_crash_anywhere_in_a_reload_finishes_it_with_the_same_engine()
    {
        using var lab = new Lab { Extra = "mtu = 1400" };
        lab.Save();
        var before = File.ReadAllText(lab.Config);
        (lab.Extra, lab.Ips, lab.Dns) = ("mtu = 1390", "[\"10.99.0.3/32\"]", "dns_server = \"10.99.0.7\"");
        (lab.Rules, lab.PeerExtra, lab.AllowedIps) = ("add rule inet wgns input tcp dport 6881 accept\n", "persistentKeepalive = 9", "[\"10.0.0.0/8\"]");
        lab.Save();
        var after = File.ReadAllText(lab.Config);
        InProcess.Up(lab);
        var shape = Machine.Shape(lab.Name);
        var engine = Machine.Engine(lab.Name);
        File.WriteAllText(lab.Config, before);
        InProcess.Up(lab);
        File.WriteAllText(lab.Config, after);
        Crash.AtEveryPoint(lab, ["up", lab.Config], where =>
        {
            InProcess.Up(lab);
            Machine.Shape(lab.Name).Should().Be(shape, where);
            Machine.Engine(lab.Name).Should().Be(engine, where);
            File.WriteAllText(lab.Config, before);
            InProcess.Up(lab);
            File.WriteAllText(lab.Config, after);
        }).Should().BeGreaterThan(16);
    }
}
