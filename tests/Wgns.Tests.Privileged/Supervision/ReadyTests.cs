using System.Globalization;

namespace Wgns.Tests.Privileged.Supervision;

/// <summary>When the service manager is told that the namespace is ready.</summary>
public sealed class ReadyTests
{
    [Test]
    public void It_is_ready_when_an_idle_peer_without_keepalive_has_shaken_hands()
    {
        using var lab = new Lab(withProvider: true);
        var supervised = new Supervised(lab).ShouldBeReady();
        Machine.Handshake(lab.Name).Should().BeGreaterThan(0);
        supervised.Lines[0].Should().StartWith("STATUS=bringing");
        supervised.Lines.TakeWhile(l => l != "READY=1").Should().Contain("EXTEND_TIMEOUT_USEC=30000000");
        supervised.Hear("READY=1").Should().Be($"READY=1\nSTATUS={lab.Name} is up");
        Machine.Wg(lab.Name)[1][7].Should().Be("off", "the keepalive that provoked it is put back");
        lab.ShouldBeSettled();

        var answer = supervised.Stop();
        answer.Exit.Should().Be(0);
        supervised.Hear("STOPPING=1");
        answer.Errors.Should().NotContain("drift");
        lab.ShouldBeSettled();
    }

    [Test]
    public void Without_an_answer_it_is_ready_after_readyTimeout_and_says_what_is_missing()
    {
        using var lab = new Lab { Extra = "readyTimeout = 1" };
        lab.Save();
        var supervised = new Supervised(lab).ShouldBeReady();
        supervised.Hear("READY=1").Should().Contain($"without a handshake on {lab.Name}");
        supervised.Stop().Exit.Should().Be(0);
        lab.ShouldBeSettled();
    }

    [Test]
    public void A_handshake_that_comes_after_readyTimeout_is_said_soon()
    {
        using var lab = new Lab(withProvider: true) { Extra = "readyTimeout = 1" };
        lab.Save();
        lab.Provider!.Inside("nft", "add chain inet watch mute { type filter hook output priority 0; policy drop; }");
        var supervised = new Supervised(lab).ShouldBeReady();
        supervised.Hear("READY=1").Should().Contain("without a handshake");
        lab.Provider.Inside("nft", "delete chain inet watch mute");

        // The engine asks again each 5 s; a regular look may be a minute away.
        Until.True(() => supervised.Lines.Contains($"STATUS={lab.Name} is up"), 20).Should().BeTrue(string.Join('\n', supervised.Lines));
        Machine.Handshake(lab.Name).Should().BeGreaterThan(0);
        supervised.Stop().Exit.Should().Be(0);
    }

    [Test]
    public void With_readyRequired_it_fails_and_leaves_the_namespace_closed()
    {
        using var lab = new Lab { Extra = "readyTimeout = 1\nreadyRequired = true" };
        lab.Save();
        var supervised = new Supervised(lab);
        var answer = supervised.Process.End();
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("no handshake").And.Contain("readyRequired");
        supervised.Lines.Should().NotContain("READY=1");
        lab.Remember();
        lab.ShouldBeSettled();
    }

    [Test]
    public void With_all_it_waits_for_the_last_peer_and_with_configured_for_none()
    {
        using var lab = new Lab(withProvider: true) { Extra = "ready = \"all\"\nreadyTimeout = 2" };
        lab.MorePeers = "[[peers]]\npublicKey = \"gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=\"\nendpoint = \"198.51.100.7:9\"\nallowedIPs = [\"10.200.0.0/16\"]\n";
        lab.Save();
        var all = new Supervised(lab).ShouldBeReady();
        all.Hear("READY=1").Should().Contain("198.51.100.7:9").And.NotContain(lab.Endpoint);
        all.Stop();

        lab.Extra = "ready = \"configured\"";
        lab.Save();
        new Supervised(lab).ShouldBeReady().Hear("READY=1").Should().EndWith("is up");
    }

    [Test]
    public void A_wrong_configuration_ends_it_with_2_and_the_diagnostics_and_nothing_is_made()
    {
        using var lab = new Lab { Extra = "readyTimeout = 0\nready = \"handshakes\"" };
        lab.Save();
        var answer = new Supervised(lab).Process.End();
        answer.Exit.Should().Be(2);
        answer.Errors.Should().Contain("readyTimeout is 0; it must be 1-86400 seconds").And.Contain("did you mean \"handshake\"?");
        lab.Leftovers().Should().BeEmpty();
        lab.Extra = string.Empty;
        lab.Save();
    }

    [Test]
    public void The_watchdog_hears_of_it_twice_in_its_patience()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        var supervised = new Supervised(lab, new Dictionary<string, string?> { ["WATCHDOG_USEC"] = "400000" }).ShouldBeReady();
        var before = supervised.Lines.Count(l => l == "WATCHDOG=1");
        Thread.Sleep(2000);
        (supervised.Lines.Count(l => l == "WATCHDOG=1") - before).Should().BeInRange(6, 12);
    }

    [Test]
    public void Asleep_it_holds_less_than_20_MB_of_memory()
    {
        using var lab = new Lab(withProvider: true);
        var supervised = new Supervised(lab).ShouldBeReady();
        long Resident() => File.ReadAllLines($"/proc/{supervised.Process.Pid}/status")
            .Where(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Sum(l => long.Parse(l["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
        Until.True(() => Resident() < 16 * 1024).Should().BeTrue("{0} KiB are resident", Resident());

        // Nor does it grow with what it does: looks, a reload, rules that are put back.
        for (var i = 0; i < 5; i++)
        {
            var from = supervised.Told.Length;
            supervised.Process.Signal("HUP");
            supervised.Hear("READY=1", from);
            Within.Run(lab.Name, "nft", "flush", "ruleset");
            Until.True(() => Machine.Ruleset(lab.Name).Contains("wgns", StringComparison.Ordinal)).Should().BeTrue();
        }

        Until.True(() => Resident() < 20 * 1024).Should().BeTrue("{0} KiB are resident", Resident());
        lab.Remember();
    }

    [Test]
    public void Asleep_it_wakes_up_for_nothing_and_leaves_no_thread_inside()
    {
        // With directories of its own: inotify(7) wakes it for the neighbours' files, too, and other tests make many.
        const string Alone = "mkdir -p /etc/netns && mount -t tmpfs none /etc/netns && mount -t tmpfs none /run && mkdir /run/wireguard && exec \"$@\"";
        using var lab = new Lab(withProvider: true);
        var supervised = new Supervised(lab, null, "unshare", "--mount", "sh", "-c", Alone, "sh").ShouldBeReady();
        var main = supervised.Process.Pid.ToString(CultureInfo.InvariantCulture);
        long Switches() => File.ReadAllLines($"/proc/{main}/task/{main}/status")
            .Where(l => l.StartsWith("voluntary", StringComparison.Ordinal))
            .Sum(l => long.Parse(l.Split('\t')[1], CultureInfo.InvariantCulture));
        long WhileAsleep()
        {
            var before = Switches();
            Thread.Sleep(3000);
            return Switches() - before;
        }

        // When it is through with its first looks, which take longer where others have the processors.
        Enumerable.Range(0, 5).Any(_ => WhileAsleep() < 3).Should().BeTrue("it wakes up for nothing");
        var home = Machine.Link("/proc/self/ns/net");
        Directory.EnumerateDirectories($"/proc/{main}/task").Select(t => Machine.Link($"{t}/ns/net")).Should().OnlyContain(n => n == home);
        Tool.Run("nsenter", $"--mount=/proc/{main}/ns/mnt", Cli.Binary, "down", lab.Name);
        supervised.Process.End().Exit.Should().Be(0);
    }
}
