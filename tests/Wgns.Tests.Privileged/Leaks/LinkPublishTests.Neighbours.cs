namespace Wgns.Tests.Privileged.Leaks;

/// <summary>More than one namespace on the same link of the host.</summary>
public sealed partial class LinkPublishTests
{
    [Test]
    public void Two_namespaces_publish_over_one_link_and_the_last_puts_it_back()
    {
        using var street = new Street();
        using var one = street.MakeLab();
        using var two = new Lab(host: street.Host);
        var before = Shape(street.Host);
        Raise(one);
        Raise(two, Extra.Replace("8112", "8113", StringComparison.Ordinal).Replace("231.7", "231.8", StringComparison.Ordinal).Replace("fd31:7", "fd31:8", StringComparison.Ordinal));
        foreach (var kind in s_kinds)
        {
            Ask(street.Lan, "192.0.2.2", kind).Should().Contain("10.231.7.1");
            Ask(street.Lan, "192.0.2.2", kind, "8113").Should().Contain("10.231.8.1");
            Ask(street.Lan, "2001:db8:1::2", kind, "8113").Should().Contain("fd31:8::1");
        }

        // Past the published ports, and after the first has gone, it is as closed as before.
        Tool.Run("ip", "-n", street.Lan, "route", "add", "10.231.8.0/30", "via", "192.0.2.2");
        Ask(street.Lan, "10.231.8.2", "tcp", "8080").Should().StartWith("no:");
        one.Do("up", one.Config).Should().Contain("nothing to do");
        one.Down("--force");
        Ask(street.Lan, "192.0.2.2", "tcp", "8113").Should().Contain("10.231.8.1");
        Ask(street.Lan, "192.0.2.2", "tcp").Should().StartWith("no:");
        Ask(street.Lan, "10.231.8.2", "tcp", "8080").Should().StartWith("no:");
        Machine.Ruleset(street.Host).Should().Contain("not forwarded before wgns");
        two.Do("up", two.Config).Should().Contain("nothing to do");
        two.Down("--force");
        Shape(street.Host).Should().Be(before);
        File.Exists("/run/wgns/.links.lock").Should().BeFalse();
    }

    [Test]
    public void Two_that_go_at_once_leave_the_host_as_it_was()
    {
        using var street = new Street();
        using var one = new Lab(host: street.Host);
        using var two = new Lab(host: street.Host);
        var before = Shape(street.Host);
        foreach (var (lab, number) in new[] { (one, "7"), (two, "8") })
        {
            lab.Extra = Extra.Replace("8112", "811" + number, StringComparison.Ordinal).Replace("231.7", "231." + number, StringComparison.Ordinal).Replace("fd31:7", "fd31:" + number, StringComparison.Ordinal);
            lab.Save();
            lab.Up();
        }

        using var first = one.Start("down", one.Name);
        using var second = two.Start("down", two.Name);
        first.End().Exit.Should().Be(0);
        second.End().Exit.Should().Be(0);
        Shape(street.Host).Should().Be(before);
    }

    [Test]
    public void A_port_that_another_namespace_has_is_refused_by_its_name_and_nothing_is_changed()
    {
        using var street = new Street();
        using var one = new Lab(host: street.Host);
        using var two = new Lab(host: street.Host);
        one.Extra = Extra;
        one.Save();
        one.Up();
        var before = Shape(street.Host);
        two.Extra = Extra.Replace("231.7", "231.8", StringComparison.Ordinal).Replace("fd31:7", "fd31:8", StringComparison.Ordinal);
        two.Save();

        var answer = two.TryUp();

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain($"port 192.0.2.2:8112 (tcp) of the host leads into namespace {one.Name} already");
        Shape(street.Host).Should().Be(before);
        one.Down();
        two.Up();
    }
}
