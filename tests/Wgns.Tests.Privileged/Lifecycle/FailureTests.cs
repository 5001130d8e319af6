using System.Net;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>A run that fails half way takes back what it did, and nothing else.</summary>
[Category("UserNamespace")]
public sealed class FailureTests
{
    /// <summary>nft's own check passes these two, which the kernel refuses: they call each other for ever.</summary>
    private const string Loop = "table inet loop {\n chain a {\n type filter hook input priority 3\n jump b\n }\n chain b {\n jump c\n }\n chain c {\n jump b\n }\n}\n";

    [Test]
    public void A_listen_port_that_is_taken_is_an_error_and_nothing_is_left()
    {
        using var lab = new Lab();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Any, 0));
        lab.Extra = $"listenPort = {((IPEndPoint)taken.LocalEndPoint!).Port}";
        lab.Save();
        Fails(lab, "in use");
    }

    [Test]
    public void An_address_that_the_kernel_refuses_is_an_error_and_nothing_is_left()
    {
        using var lab = new Lab { Ips = "[\"10.99.0.2/32\", \"ff02::5/128\"]" };
        lab.Save();
        Fails(lab, "ff02::5/128");
    }

    [Test]
    public void Rules_that_only_the_kernel_refuses_are_an_error_and_nothing_is_left()
    {
        using var lab = new Lab { Rules = Loop };
        lab.Save();
        Fails(lab, "nft");
    }

    [Test]
    public void A_reload_that_fails_leaves_everything_as_it_was()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");
        var shape = Machine.Shape(lab.Name);
        var state = File.ReadAllText(lab.State);
        var engine = Machine.Engine(lab.Name);
        foreach (var breakIt in new Action[]
        {
            () => lab.Rules = Loop,
            () => (lab.Rules, lab.Ips) = (string.Empty, "[\"10.99.0.3/32\", \"ff02::5/128\"]"),
        })
        {
            (lab.Dns, lab.PeerExtra, lab.Extra) = ("dns_server = \"10.99.0.7\"", "persistentKeepalive = 9", "mtu = 1300");
            lab.MorePeers = "[[peers]]\npublicKey = \"gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=\"\nallowedIPs = [\"10.200.0.0/16\"]\n";
            breakIt();
            lab.Save();
            var answer = Cli.Run("reload", lab.Config);
            answer.Exit.Should().Be(1);
            answer.Errors.Should().Contain("taken back");
            Machine.Shape(lab.Name).Should().Be(shape);
            Machine.Engine(lab.Name).Should().Be(engine);
            tcp.Talk("after").Should().Be("after");
            File.ReadAllText(lab.State).Should().Be(state);
        }
    }

    [Test]
    public void A_reload_that_fails_after_it_changed_a_key_says_that_the_key_stays_changed()
    {
        using var lab = new Lab();
        lab.PeerExtra = $"presharedKeyFile = \"{Key("one")}\"";
        lab.Save();
        lab.Up();
        var (peer, ips) = (lab.PeerExtra, lab.Ips);
        (lab.PeerExtra, lab.Ips) = ($"presharedKeyFile = \"{Key("two")}\"", "[\"10.99.0.3/32\", \"ff02::5/128\"]");
        lab.Save();

        Cli.Run("reload", lab.Config).Errors.Should().Contain($"was taken back, but for the keys that {lab.Name} had: ");

        (lab.PeerExtra, lab.Ips) = (peer, ips);
        lab.Save();
        lab.Up("-v").Should().Contain($"configure {lab.Name} (1 peer)");
        lab.ShouldBeSettled();

        string Key(string name)
        {
            var path = Path.Combine(lab.Directory, name);
            File.WriteAllText(path, Tool.Run("wg", "genpsk"));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return path;
        }
    }

    [Test]
    public void A_reload_that_fails_leaves_the_sets_of_the_rules_as_full_as_they_were()
    {
        const string Sets = "table inet wgns {\n set bad { type ipv4_addr; elements = { 192.0.2.1 }; }\n chain output {\n  ip daddr @bad drop\n }\n}\n";
        using var lab = new Lab { Rules = Sets };
        lab.Save();
        lab.Up();
        (lab.Rules, lab.Ips) = (string.Empty, "[\"10.99.0.3/32\", \"ff02::5/128\"]");
        lab.Save();

        Cli.Run("reload", lab.Config).Errors.Should().Contain("taken back");

        Tool.Run("ip", "netns", "exec", lab.Name, "nft", "get element inet wgns bad { 192.0.2.1 }");
    }

    [Test]
    public void What_a_run_left_that_was_killed_while_it_wrote_a_file_is_gone_after_down()
    {
        using var lab = new Lab();
        lab.Up();
        var netns = $"/etc/netns/{lab.Name}";
        string[] left = [$"/run/wgns/.{lab.Name}.json.4000000.1", $"{netns}/.resolv.conf.4000000.1"];
        var theirs = $"/run/wgns/.{lab.Name}.json.5.json.4000000.1";
        foreach (var file in left.Append(theirs))
        {
            File.WriteAllText(file, "half");
        }

        lab.Down();

        File.Exists(theirs).Should().BeTrue("it belongs to a namespace of another name");
        File.Delete(theirs);
        left.Where(File.Exists).Should().BeEmpty();
        Directory.Exists(netns).Should().BeFalse();

        File.WriteAllText(left[0], "half");
        lab.Down();
        File.Exists(left[0]).Should().BeFalse();
    }

    // As when a terminal is closed: what is told meanwhile is no part of the work, and must not stop it, or its taking back.
    [Test]
    public void Progress_that_cannot_be_printed_stops_neither_up_nor_down()
    {
        using var lab = new Lab();
        var up = Unheard("up", "-v", lab.Config);
        up.Exit.Should().Be(1);
        up.Errors.Should().Be("wgns: error: write to standard output: No space left on device\n");
        lab.ShouldBeSettled();

        var down = Unheard("down", "-v", lab.Name);
        down.Exit.Should().Be(1);
        down.Errors.Should().Be("wgns: error: write to standard output: No space left on device\n");
        lab.Leftovers().Should().BeEmpty();
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    [TestCase("HUP")]
    public void A_signal_during_up_takes_back_what_was_done(string signal)
    {
        using var lab = new Lab();
        var slow = Path.Combine(lab.Directory, "slow-wireguard");
        File.WriteAllText(slow, "#!/bin/sh\nsleep 1\nexec wireguard-go \"$@\"\n");
        File.SetUnixFileMode(slow, (UnixFileMode)0b111_101_101);
        using var up = new Running(
            Cli.Binary, ["up", "-v", lab.Config], null, new Dictionary<string, string?> { ["WG_QUICK_USERSPACE_IMPLEMENTATION"] = slow });
        Until.True(() => up.Lines().Contains("nsswitch.conf", StringComparison.Ordinal)).Should().BeTrue();
        lab.Remember();
        up.Signal(signal);
        var answer = up.End();
        answer.Exit.Should().Be(130);
        answer.Errors.Should().Contain("interrupted").And.Contain("taken back");
        lab.Leftovers().Should().BeEmpty();
    }

    [TestCase(0)]
    [TestCase(1)]
    public void A_full_disk_is_an_error_that_says_so_and_nothing_is_left(int pagesFree)
    {
        using var lab = new Lab();
        var script = $"""
            mkdir -p /run/wgns && mount -t tmpfs -o size=64k,mode=755 tmpfs /run/wgns || exit 9
            head -c {64 - (4 * pagesFree)}k /dev/zero > /run/wgns/.filler || exit 8
            "$0" up "$1"
            echo "status $?"
            ls -A /run/wgns /run/netns | grep -F "$2"
            exit 0
            """;
        using var shell = new Running("unshare", ["-m", "sh", "-c", script, Cli.Binary, lab.Config, lab.Name]);
        var answer = shell.End();
        answer.Exit.Should().Be(0, answer.Words);
        answer.Output.Trim().Should().Be("status 1");
        answer.Errors.Should().Contain("No space left on device");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void A_state_file_that_is_damaged_is_an_error_with_a_cure()
    {
        using var lab = new Lab();
        using var other = new Lab();
        lab.Up();
        other.Up();
        var state = File.ReadAllText(lab.State);
        foreach (var damaged in new[] { "", "{", "[]", "null", "{\"version\": 1}", state[..(state.Length / 2)] })
        {
            File.WriteAllText(lab.State, damaged);
            Cli.Do("list").Should().MatchRegex($"(?m)^{lab.Name} +unknown").And.MatchRegex($"(?m)^{other.Name} +up");
            Cli.Run("status").Output.Should().Contain($"namespace: {other.Name} (up)");
            foreach (var verb in new[] { "up", "down", "status" })
            {
                var answer = Cli.Run(verb, verb == "up" ? lab.Config : lab.Name);
                answer.Exit.Should().Be(1);
                answer.Errors.Should().Contain(lab.State).And.Contain("damaged").And.NotContain("   at ");
            }
        }

        File.WriteAllText(lab.State, state.Replace("\"version\": 1", "\"version\": 99", StringComparison.Ordinal));
        Cli.Run("up", lab.Config).Errors.Should().Contain("newer wgns");
        File.WriteAllText(lab.State, state);
        lab.ShouldBeSettled();
    }

    /// <param name="call">One that a security module or a filter may refuse, or a kernel that has no more of something.</param>
    [TestCase("getsockopt", "ask for the cookie")]
    [TestCase("setsid", "start the embedded engine")]
    public void Where_the_kernel_refuses_a_call_half_way_nothing_is_left(string call, string words)
    {
        Tool.Needs("strace");
        using var lab = new Lab { Extra = "engine = \"embedded\"" };
        lab.Save();
        using var run = new Running(
            "strace", ["-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:error=EPERM", Cli.Binary, "up", lab.Config]);
        var answer = run.End();

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain(words).And.Contain("taken back");
        lab.Leftovers().Should().BeEmpty();
        lab.Up();
    }

    [Test]
    public void A_disk_that_is_full_leaves_resolv_conf_as_it_was()
    {
        using var lab = new Lab();
        lab.Up();
        var directory = Path.GetDirectoryName(lab.ResolvConf)!;
        var (resolv, nsswitch) = (File.ReadAllText(lab.ResolvConf), File.ReadAllText($"{directory}/nsswitch.conf"));
        Tool.Run("mount", "-t", "tmpfs", "-o", "mode=755,size=8k", "full", directory);
        try
        {
            File.WriteAllText(lab.ResolvConf, resolv);
            File.WriteAllText($"{directory}/nsswitch.conf", nsswitch);
            lab.Extra = $"dnsSearch = [{string.Join(", ", Enumerable.Range(0, 90).Select(i => $"\"{new string('a', 50)}{i}.example\""))}]";
            lab.Save();

            var answer = Cli.Run("reload", lab.Config);

            answer.Errors.Should().Contain("No space left").And.Contain("taken back");
            File.ReadAllText(lab.ResolvConf).Should().Be(resolv);
        }
        finally
        {
            Tool.Run("umount", directory);
        }
    }

    private static void Fails(Lab lab, string words)
    {
        var answer = lab.TryUp();
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain(words).And.Contain("taken back");
        lab.Leftovers().Should().BeEmpty();
    }

    private static Answer Unheard(params string[] words)
    {
        using var run = new Running("sh", ["-c", "exec \"$0\" \"$@\" > /dev/full", Cli.Binary, .. words]);
        return run.End();
    }
}
