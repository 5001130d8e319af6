using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Wgns.Linux.Sockets;

namespace Wgns.Tests.Privileged.Demo;

[NonParallelizable]
internal sealed class DemoTests
{
    [Test]
    public void Every_check_passes_within_ten_seconds_and_nothing_is_left()
    {
        var clock = Stopwatch.StartNew();
        using var demo = new DemoProgram();
        demo.End().Should().Be(0, "{0}", demo.Output);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
        demo.Output.Should().Contain("All 8 checks passed").And.NotContain("✗");
        Count(demo.Output, "   ✓ ").Should().Be(8);
        demo.Output.Should().MatchRegex("the resolver was asked (once|[0-9]+ times), by 10\\.86\\.[0-9]+\\.2\n");
        demo.Output.Should().Contain("HTTP 200, \"Hello, 10.86.");
        demo.Output.Split('\n').Should().OnlyContain(l => l.Length <= 80).And.NotContain(l => l.Contains('\e', StringComparison.Ordinal));
        demo.Remains().Should().BeEmpty();
    }

    [Test]
    public void It_does_not_matter_where_it_is_started()
    {
        var directory = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var demo = new Running("sh", ["-c", $"mkdir \"$0\" && cd \"$0\" && rmdir \"$0\" && exec {DemoProgram.CommandLine}", directory]);

        demo.End().Output.Should().Contain("All 8 checks passed");
    }

    [Test]
    public void Without_a_Unicode_locale_it_prints_ASCII()
    {
        using var demo = new DemoProgram(("LC_ALL", "C"));
        demo.End().Should().Be(0, "{0}", demo.Output);
        demo.Output.Should().MatchRegex("^[\n -~]*$").And.Contain("[ok]");
        demo.Remains().Should().BeEmpty();
    }

    [TestCase("1  A throw-away", "INT")]
    [TestCase("a cable to it", "INT")]
    [TestCase("The client's configuration", "TERM")]
    [TestCase("create namespace", "INT")]
    [TestCase("configure wgns-demo", "INT")]
    [TestCase("set MTU of wgns-demo", "TERM")]
    [TestCase("waiting for the handshake", "INT")]
    [TestCase("5  Through the tunnel", "INT")]
    [TestCase("6  The provider goes away", "INT")]
    [TestCase("a program inside goes on", "HUP")]
    public void Interrupted_anywhere_it_leaves_nothing(string moment, string signal)
    {
        using var demo = new DemoProgram();
        demo.WaitFor(moment);
        demo.Signal(signal);
        demo.End().Should().Be(130, "{0}", demo.Output);
        demo.Output.Should().NotContain("something is left");
        demo.Remains().Should().BeEmpty();
    }

    [TestCase("a cable to it")]
    [TestCase("load firewall rules")]
    [TestCase("set MTU of")]
    [TestCase("6  The provider goes away")]
    public void Killed_anywhere_the_next_one_cleans_up_after_it(string moment)
    {
        using var killed = new DemoProgram();
        killed.WaitFor(moment);
        killed.Signal("KILL");
        killed.End().Should().NotBe(0);

        using var next = new DemoProgram();
        next.End().Should().Be(0, "{0}", next.Output);
        next.Output.Should().Contain("cleaned up after an earlier demo");
        next.Remains().Should().BeEmpty();
        WaitUntilGone(killed);
    }

    [Test]
    public void A_packet_that_shows_outside_fails_the_check_and_the_demo()
    {
        using var demo = new DemoProgram();
        demo.WaitFor("6  The provider goes away");
        var cable = Regex.Match(demo.Output, "wgnsd-[0-9a-f]{8}").Value;
        var provider = Regex.Match(demo.Output, "10\\.86\\.[0-9]+\\.1").Value;
        using var leak = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        NetnsSockets.BindToLink(leak, cable);
        for (var i = 0; i < 10; i++)
        {
            leak.SendTo("plain"u8, new IPEndPoint(IPAddress.Parse(provider), 9));
            Thread.Sleep(20);
        }

        demo.End().Should().Be(1, "{0}", demo.Output);
        demo.Output.Should().Contain("✗ the kill switch").And.Contain("1 of 8 checks failed");
        demo.Remains().Should().BeEmpty();
    }

    [Test]
    public void Without_an_engine_it_says_what_is_missing_and_leaves_nothing()
    {
        if (Directory.Exists("/sys/module/wireguard"))
        {
            Assert.Ignore("kernel WireGuard is there, so that no engine is looked for");
        }

        using var demo = new DemoProgram(("WG_QUICK_USERSPACE_IMPLEMENTATION", "/nonexistent/wireguard"));
        demo.End().Should().Be(1);
        demo.Output.Should().Contain("WG_QUICK_USERSPACE_IMPLEMENTATION names \"/nonexistent/wireguard\"");
        demo.Remains().Should().BeEmpty();
    }

    [Test]
    public void Two_at_once_do_not_meet()
    {
        using var first = new DemoProgram();
        first.WaitFor("3  wgns up");
        using var second = new DemoProgram();
        second.End().Should().Be(1);
        second.Output.Should().Contain("another `wgns demo` is running");
        first.End().Should().Be(0, "{0}", first.Output);
        first.Remains().Should().BeEmpty();
    }

    [Test]
    public void Without_a_reader_it_still_cleans_up()
    {
        var answer = Tool.Ask("sh", "-c", $"{DemoProgram.CommandLine} | head -n 3");
        answer.Output.Should().NotBeEmpty();
        using var next = new DemoProgram();
        next.End().Should().Be(0, "{0}", next.Output);
        next.Output.Should().NotContain("earlier demo");
    }

    /// <summary>A program inside may take another second to end; nobody asks it to.</summary>
    private static void WaitUntilGone(DemoProgram killed)
    {
        var clock = Stopwatch.StartNew();
        while (killed.Remains().Count > 0 && clock.Elapsed < TimeSpan.FromSeconds(5))
        {
            Thread.Sleep(50);
        }

        killed.Remains().Should().BeEmpty();
    }

    private static int Count(string text, string part) => Regex.Count(text, Regex.Escape(part));
}
