using System.Text.RegularExpressions;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>Where the engine lives, and what of keys it does not show.</summary>
[Category("UserNamespace")]
public sealed class EngineTests
{
    [Test]
    public void The_udp_socket_is_in_the_hosts_netns_and_none_is_inside()
    {
        using var lab = new Lab { Extra = "listenPort = 47211" };
        lab.Save();
        lab.Up();
        var pid = Machine.Engine(lab.Name);
        Machine.Link($"/proc/{pid}/ns/net").Should().Be(Machine.Link("/proc/self/ns/net"));
        Tool.Run("ss", "-lunp").Split('\n').Should().Contain(l => l.Contains(":47211 ", StringComparison.Ordinal) && l.Contains($"pid={pid},", StringComparison.Ordinal));
        Within.Run(lab.Name, "ss", "-Hanu").Should().BeEmpty();
    }

    [Test]
    public void The_device_never_stands_in_the_host_under_its_own_name()
    {
        using var lab = new Lab { Extra = "engine = \"wireguard-go\"" };
        lab.Save();
        using var monitor = new Running("ip", ["-o", "monitor", "link"]);
        Until.True(() => File.ReadLines($"/proc/{monitor.Pid}/net/netlink").Any(l => l.Contains($" {monitor.Pid} ", StringComparison.Ordinal)))
            .Should().BeTrue("ip must listen");
        lab.Up();
        var temporary = Machine.StateOf(lab.Name)!.Value.GetProperty("interfaces")[0].GetProperty("engine").GetProperty("temporaryName").GetString()!;
        Until.True(() => monitor.Lines().Contains("Deleted", StringComparison.Ordinal) && monitor.Lines().Contains(temporary, StringComparison.Ordinal))
            .Should().BeTrue("the monitor must have seen the device come and go, so that its silence means something");
        monitor.Signal("INT").End().Output.Should().NotMatchRegex($@"\b{Regex.Escape(lab.Name)}[@:]");
    }

    [Test]
    public void The_embedded_engines_device_never_stands_in_the_host_at_all()
    {
        using var lab = new Lab { Extra = "engine = \"embedded\"" };
        lab.Save();
        using var monitor = new Running("ip", ["-o", "monitor", "link"]);
        Until.True(() => File.ReadLines($"/proc/{monitor.Pid}/net/netlink").Any(l => l.Contains($" {monitor.Pid} ", StringComparison.Ordinal)))
            .Should().BeTrue("ip must listen");
        lab.Up();
        Tool.Run("ip", "link", "add", lab.Name + "m", "type", "veth", "peer", "name", lab.Name + "n");
        Tool.Run("ip", "link", "delete", lab.Name + "m");
        Until.True(() => monitor.Lines().Contains(lab.Name + "m", StringComparison.Ordinal)).Should().BeTrue("the monitor must hear of links");
        monitor.Signal("INT").End().Output.Should().NotMatchRegex($@"\b{Regex.Escape(lab.Name)}[@:]").And.NotContain("wgns-");
    }

    [TestCase("embedded", "wireguard-go")]
    [TestCase("wireguard-go", "embedded")]
    public void Another_engine_takes_over_where_it_is_asked_for_by_name(string first, string then)
    {
        using var lab = new Lab(withProvider: true) { Extra = $"engine = \"{first}\"" };
        lab.Save();
        lab.Up("--wait");
        lab.Extra = $"engine = \"{then}\"";
        lab.Save();
        lab.Up("--wait");
        lab.Status().GetProperty("interfaces")[0].GetProperty("engine").GetString().Should().Be(then);
        lab.ShouldBeSettled();
        lab.Down();
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void No_key_is_in_the_engines_arguments_or_environment_nor_in_the_state_or_the_log()
    {
        using var lab = new Lab { PeerExtra = "presharedKeyFile = \"psk\"" };
        var psk = lab.NewKey("psk");
        lab.Save();
        lab.Up("--verbose").Should().NotContain(lab.Key).And.NotContain(psk);
        var pid = Machine.Engine(lab.Name);
        var hex = Convert.ToHexString(Convert.FromBase64String(lab.Key));
        foreach (var path in new[] { $"/proc/{pid}/cmdline", $"/proc/{pid}/environ", lab.State, $"/run/wgns/{lab.Name}.{lab.Name}.log" })
        {
            var text = File.ReadAllText(path);
            text.Should().NotContain(lab.Key).And.NotContain(psk).And.NotContainEquivalentOf(hex);
        }

        Tool.Run("stat", "-c", "%a %u", $"/run/wgns/{lab.Name}.{lab.Name}.log").Trim().Should().Be("600 0");
    }

    [Test]
    public void The_engine_has_a_session_of_its_own_and_holds_no_directory_terminal_or_lock()
    {
        using var lab = new Lab();
        Cli.RunIn(lab.Directory, "up", lab.Config).Exit.Should().Be(0);
        lab.Remember();
        var pid = Machine.Engine(lab.Name);
        Tool.Run("ps", "-o", "sid=,tty=", "-p", $"{pid}").Split(' ', '\n').Where(w => w.Length > 0).Should().Equal($"{pid}", "?");
        Machine.Link($"/proc/{pid}/cwd").Should().Be("/", "a directory that it sits in could not be unmounted");
        var files = Directory.EnumerateFiles($"/proc/{pid}/fd").Select(Machine.Link).ToList();
        files.Should().NotContain(f => f != null && (f.EndsWith(".lock", StringComparison.Ordinal) || f.StartsWith("/dev/pts", StringComparison.Ordinal)));
        Machine.Link($"/proc/{pid}/fd/0").Should().Be("/dev/null");
    }

    [Test]
    public void Wg_show_finds_the_device_by_the_interfaces_name_where_that_is_free()
    {
        using var lab = new Lab { Extra = "interfaceName = \"wg-of-ours\"" };
        lab.Save();
        File.WriteAllText("/var/run/wireguard/wg-of-ours.sock", "somebody else's");
        try
        {
            lab.Up();
            File.ReadAllText("/var/run/wireguard/wg-of-ours.sock").Should().Be("somebody else's");
            lab.ShouldBeSettled();
            lab.Down();
            File.ReadAllText("/var/run/wireguard/wg-of-ours.sock").Should().Be("somebody else's");
        }
        finally
        {
            File.Delete("/var/run/wireguard/wg-of-ours.sock");
        }
    }

    [Test]
    public void Another_implementation_is_taken_from_WG_QUICK_USERSPACE_IMPLEMENTATION()
    {
        using var lab = new Lab();
        var script = Path.Combine(lab.Directory, "my-wireguard");
        File.WriteAllText(script, "#!/bin/sh\necho started by a script >&2\nexec wireguard-go \"$@\"\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        using var up = new Running(Cli.Binary, ["up", lab.Config], null, new Dictionary<string, string?> { ["WG_QUICK_USERSPACE_IMPLEMENTATION"] = script });
        up.End().Exit.Should().Be(0);
        lab.Remember();
        File.ReadAllText($"/run/wgns/{lab.Name}.{lab.Name}.log").Should().Contain("started by a script");
        lab.ShouldBeSettled();
        lab.Down();
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void An_engine_that_ends_at_once_is_an_error_with_its_last_words_and_nothing_is_left()
    {
        using var lab = new Lab();
        var script = Path.Combine(lab.Directory, "broken");
        File.WriteAllText(script, "#!/bin/sh\necho the tun is on fire >&2\nexit 1\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        using var up = new Running(Cli.Binary, ["up", lab.Config], null, new Dictionary<string, string?> { ["WG_QUICK_USERSPACE_IMPLEMENTATION"] = script });
        var answer = up.End();
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("the tun is on fire");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Without_wireguard_go_the_error_says_what_to_install()
    {
        using var lab = new Lab { Extra = "engine = \"wireguard-go\"" };
        lab.Save();
        using var up = new Running(Cli.Binary, ["up", lab.Config], null, new Dictionary<string, string?> { ["PATH"] = "/nonexistent" });
        var answer = up.End();
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("apt install wireguard-go");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Engine_kernel_makes_the_device_by_the_kernel_or_says_that_it_cannot()
    {
        using var lab = new Lab { Extra = "engine = \"kernel\"" };
        lab.Save();
        var answer = lab.TryUp();
        if (answer.Exit != 0)
        {
            answer.Exit.Should().Be(1);
            answer.Errors.Should().Contain("this kernel has no WireGuard");
            lab.Leftovers().Should().BeEmpty();
            Assert.Ignore("kernel WireGuard");
        }

        Machine.Ip(lab.Name, "link", "show", "dev", lab.Name).Single().GetProperty("linkinfo").GetProperty("info_kind").GetString().Should().Be("wireguard");
        lab.ShouldBeSettled();
    }
}
