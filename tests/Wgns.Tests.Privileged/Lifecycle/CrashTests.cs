using System.Globalization;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>kill -9 before and after each operation of a run, and before and after each writing of its record.</summary>
[Category("UserNamespace")]
public sealed class CrashTests
{
    /// <summary>More points than any plan here has; a run that never ends must not loop for ever.</summary>
    private const int Far = 200;

    [Test]
    public void An_up_after_a_crash_anywhere_in_an_up_makes_what_an_undisturbed_up_makes()
    {
        using var lab = new Lab { Rules = "add rule inet wgns input tcp dport 6881 accept\n", Extra = "mtu = 1400" };
        lab.Save();
        InProcess.Up(lab);
        var shape = Machine.Shape(lab.Name);
        InProcess.Down(lab);
        AtEveryPoint(lab, ["up", lab.Config], where =>
        {
            InProcess.Up(lab);
            Machine.Shape(lab.Name).Should().Be(shape, where);
            Machine.Engines(lab.Name).Should().ContainSingle(where);
            InProcess.Up(lab).Plan!.IsEmpty.Should().BeTrue(where);
            InProcess.Down(lab);
            lab.Leftovers().Should().BeEmpty(where);
        }).Should().BeGreaterThan(30);
    }

    [Test]
    public void A_down_after_a_crash_anywhere_in_an_up_leaves_nothing()
    {
        using var lab = new Lab();
        AtEveryPoint(lab, ["up", lab.Config], where =>
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
        AtEveryPoint(lab, ["down", lab.Name], where =>
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
        AtEveryPoint(lab, ["down", lab.Name], where =>
        {
            InProcess.Up(lab);
            Machine.Shape(lab.Name).Should().Be(shape, where);
            InProcess.Up(lab).Plan!.IsEmpty.Should().BeTrue(where);
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
        AtEveryPoint(lab, ["up", lab.Config], where =>
        {
            InProcess.Up(lab);
            Machine.Shape(lab.Name).Should().Be(shape, where);
            Machine.Engine(lab.Name).Should().Be(engine, where);
            File.WriteAllText(lab.Config, before);
            InProcess.Up(lab);
            File.WriteAllText(lab.Config, after);
        }).Should().BeGreaterThan(16);
    }

    /// <summary>Returns how many points there were.</summary>
    private static int AtEveryPoint(Lab lab, string[] command, Action<string> prove)
    {
        // The next victim starts while this one's end is looked at: most of its time goes by before its first operation.
        var next = Victim(command);
        for (var point = 1; point < Far; point++)
        {
            using var victim = next;
            next = Victim(command);
            var answer = victim.End(point.ToString(CultureInfo.InvariantCulture) + "\n");
            lab.Remember();
            if (answer.Exit == 0)
            {
                next.Dispose();
                return point - 1;
            }

            answer.Exit.Should().Be(137, "it kills itself: {0}", answer.Words);
            prove($"killed {answer.Output.Trim()} (point {point})");
        }

        next.Dispose();
        throw new AssertionException("the run does not end");
    }

    // Quicker to start so, and it does not live long enough for the threads that this starts to matter.
    private static Running Victim(string[] command) => new(
        BuiltTool.Path("kill-at"), command, null, new Dictionary<string, string?> { ["DOTNET_TieredCompilation"] = "1" });
}
