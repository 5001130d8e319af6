using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Linux.WireGuard;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

public sealed class ShellRendererTests
{
    private const string Secret = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";

    [TestCase("kernel.sh", false)]
    [TestCase("wireguard-go.sh", true)]
    public void A_full_configuration_is_written_as_the_script_on_file(string file, bool userspace)
    {
        var script = ShellRenderer.Render(new World().PlanUp(Full(userspace)));
        var path = Path.Combine(Path.GetDirectoryName(Here())!, "../../data/plan", file);
        if (Environment.GetEnvironmentVariable("WGNS_WRITE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, script);
        }

        script.Should().Be(File.ReadAllText(path));
        Accepts(script);
        script.Should().NotContain(Secret);
    }

    [Test]
    public void Earlier_callers_by_UDP_are_forgotten_where_conntrack_is_installed()
    {
        var link = ForwardingTests.Published.HostLink! with
        {
            Udp = [new LinkPort(PublishProtocol.Udp, IPEndPoint.Parse("192.0.2.2:80"), ["lan0"], IPEndPoint.Parse("10.9.0.2:8080")) { Own = [IPAddress.Parse("192.0.2.2")] }],
        };
        var script = ShellRenderer.Render(ForwardingTests.On().PlanUp(ForwardingTests.Published with { HostLink = link }));

        script.Should().EndWith("\nconntrack -D -f ipv4 -p udp --orig-port-dst 80 --orig-dst 192.0.2.2 > /dev/null 2>&1 || true\n");
        Accepts(script);
    }

    [Test]
    public void A_port_via_the_host_link_and_its_taking_down_are_written_as_the_scripts_on_file()
    {
        var world = ForwardingTests.On();
        var up = ShellRenderer.Render(world.PlanUp(ForwardingTests.Published));
        Golden.Compare("plan/link-publish.sh", up);
        var down = ShellRenderer.Render(Planner.Down(world.UpOrFail(ForwardingTests.Published).Observed).Plan!);
        Golden.Compare("plan/link-publish-down.sh", down);
        Accepts(up);
        Accepts(down);
    }

    [Test]
    public void An_empty_plan_is_a_script_that_does_nothing() =>
        ShellRenderer.Render(new World().UpOrFail(Desired.Usual()).PlanUp(Desired.Usual()))
            .Should().Be("#!/bin/sh\n# wgns plan for namespace vpn\n# nothing to do: it is as configured\n");

    [Test]
    public void A_shell_understands_the_script_of_every_change() =>
        Prop.ForAll(RandomStates.State.ToArbitrary(), RandomStates.State.ToArbitrary(), (before, after) =>
        {
            var world = new World().UpOrFail(before);
            Accepts(ShellRenderer.Render(world.PlanUp(after)));
            Accepts(ShellRenderer.Render(Planner.Down(world.Observed).Plan!));
        }).Check(FreshUpTests.Quick(25));

    [TestCase("plain-1.key", "plain-1.key")]
    [TestCase("a b", "'a b'")]
    [TestCase("it's", "'it'\\''s'")]
    [TestCase("$(reboot)", "'$(reboot)'")]
    [TestCase("`x`;\n&|<>*?[]~#!\"\\", "'`x`;\n&|<>*?[]~#!\"\\'")]
    [TestCase("", "''")]
    [TestCase("\u00e9", "'\u00e9'")]
    public void A_word_is_one_word_to_the_shell_whatever_is_in_it(string word, string quoted)
    {
        ShellRenderer.Quote(word).Should().Be(quoted);
        Run("printf %s " + quoted).Should().Be(word);
    }

    [TestCase("dev")]
    [TestCase("up")]
    [TestCase("mtu")]
    [TestCase("help")]
    public void A_link_that_is_named_like_a_word_of_ips_is_taken_for_a_link(string ifname)
    {
        var script = ShellRenderer.Render(new World().PlanUp(Desired.Usual(userspace: true).With(i => i with { Ifname = ifname })));

        script.Should().Contain($"ip -n vpn link set dev {ifname} mtu ").And.Contain($"ip -n vpn link set dev {ifname} up\n");
    }

    [Test]
    public void A_strange_key_file_stays_one_argument()
    {
        var path = "/keys/$(touch /tmp/x) 'a'\n\"b\"";
        var script = ShellRenderer.Render(new World().PlanUp(Desired.Usual().With(i => i with
        {
            Device = i.Device with { PrivateKey = new KeySource.File(path) },
        })));

        script.Should().Contain($" private-key {ShellRenderer.Quote(path)} ");
        Accepts(script);
    }

    [Test]
    public void A_line_end_in_a_programs_name_does_not_end_the_comment_about_it()
    {
        var desired = Desired.Usual(userspace: true).With(i => i with { Engine = i.Engine! with { Program = "/opt/x\ntouch /tmp/owned #" } });
        var script = ShellRenderer.Render(new World().PlanUp(desired));

        script.Should().Contain("# start owned # for wg0\n'/opt/x\ntouch /tmp/owned #' wgns-");
        ShellRenderer.Render(new World().PlanUp(desired.With(i => i with { Engine = i.Engine! with { Program = "/opt/x\nreboot #" } })))
            .Should().Contain("# start x?reboot # for wg0\n");
    }

    [TestCase("a\nEOF\nreboot\nEOF_\n")]
    [TestCase("EOF")]
    [TestCase("")]
    [TestCase("$(reboot) `x` \\\n'EOF'\n")]
    public void Text_that_holds_the_delimiter_does_not_end_its_document(string rules)
    {
        var script = ShellRenderer.Render(new Plan("vpn", [new Step(new LoadRuleset("vpn", rules))], null, null, null));

        // With the command exchanged for cat the text comes out as it went in.
        var closed = rules.Length == 0 || rules.EndsWith('\n') ? rules : rules + "\n";
        Run(script.Replace("ip netns exec vpn nft -f -", "cat", StringComparison.Ordinal)).Should().Be("flush ruleset\n" + closed);
    }

    [Test]
    public void A_script_whose_engine_does_not_start_says_why_and_ends()
    {
        var here = Directory.CreateTempSubdirectory("wgns-plan-").FullName;
        try
        {
            // Neither directory is there yet, as after the start of a machine.
            var engine = Desired.Embedded("wg0") with { Program = "/bin/ls", Socket = $"{here}/sockets/x.sock", Log = $"{here}/logs/x.log" };
            var script = ShellRenderer.Render(new Plan("vpn", [new Step(new StartEngine("wg0", engine))], null, null, null));
            using var shell = Start("-s", script);
            var said = shell.StandardError.ReadToEndAsync();

            shell.WaitForExit(10_000).Should().BeTrue("nobody will ever listen there");
            shell.ExitCode.Should().Be(1);
            said.Result.Should().Contain("__engine");
            Directory.Exists($"{here}/sockets").Should().BeTrue();
        }
        finally
        {
            Directory.Delete(here, recursive: true);
        }
    }

    [Test]
    public void A_name_that_could_not_be_looked_up_is_looked_up_by_the_script_outside_the_namespace()
    {
        var desired = Desired.Usual().WithPeers(Desired.Peer("one", "0.0.0.0/0") with { Endpoint = new Endpoint("localhost", 51820), Address = null });
        var script = ShellRenderer.Render(new World().PlanUp(desired));

        script.Should().Contain("# localhost:51820 could not be looked up when this was printed\n").And.Contain("getent ahosts localhost");
        Accepts(script);
        var word = script[(script.IndexOf(" endpoint ", StringComparison.Ordinal) + 10)..script.IndexOf(" persistent-keepalive", StringComparison.Ordinal)];
        if (Run("command -v getent").Length == 0)
        {
            Assert.Ignore("there is no getent here (Debian, Ubuntu: libc-bin)");
        }

        Run("printf %s " + word).Should().BeOneOf("127.0.0.1:51820", "[::1]:51820");
    }

    [Test]
    public void A_name_that_was_looked_up_is_named_beside_its_address()
    {
        var desired = Desired.Usual().WithPeers(Desired.Peer("one", "0.0.0.0/0") with
        {
            Endpoint = new Endpoint("vpn.example", 1), Address = IPEndPoint.Parse("[2001:db8::1]:1"),
        });

        ShellRenderer.Render(new World().PlanUp(desired)).Should()
            .Contain("# vpn.example:1 was looked up").And.Contain(" endpoint '[2001:db8::1]:1' ");
    }

    [Test]
    public void An_inline_preshared_key_is_a_file_to_be_filled_and_its_text_is_nowhere()
    {
        SecretKey.TryParse(Secret, out var key).Should().BeTrue();
        var peer = Desired.Peer("one", "0.0.0.0/0") with { PresharedKey = new KeySource.Inline(key!), Fingerprint = key!.Fingerprint() };
        var plan = new World().PlanUp(Desired.Usual().WithPeers(peer));
        var script = ShellRenderer.Render(plan);

        script.Should().NotContain(Secret).And.NotContain(key.Fingerprint().Hex).And.MatchRegex("preshared-key /root/wgns-preshared-key-[A-Za-z0-9]{8} ");
        script.Should().Contain("stands in the configuration: put it into this file first");
        plan.ToString().Should().NotContain(Secret);
        string.Concat(plan.Steps).Should().NotContain(Secret);
        Accepts(script);
    }

    private static DesiredState Full(bool userspace)
    {
        SecretKey.TryParse(Secret, out var key).Should().BeTrue();
        var desired = Desired.Usual(userspace).WithPeers(
            Desired.Peer("one", "0.0.0.0/0", "::/0").WithPsk("/keys/it's.psk"),
            Desired.Peer("two", "10.9.0.0/16") with
            {
                Endpoint = new Endpoint("vpn.example.com", 51820),
                Address = IPEndPoint.Parse("[2001:db8::1]:51820"),
                PersistentKeepalive = 0,
                PresharedKey = new KeySource.Inline(key!),
            },
            Desired.Peer("three", "10.8.0.0/16") with { Endpoint = new Endpoint("nowhere.example", 1), Address = null },
            Desired.Peer("four") with { Endpoint = null, Address = null });
        return desired.With(i => i with
        {
            Engine = i.Engine is { } e ? e with { TemporaryName = "wgns-0000abcd", Socket = "/var/run/wireguard/wgns-0000abcd.sock" } : null,
        });
    }

    private static void Accepts(string script)
    {
        using var shell = Start("-n", script);
        var said = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        said.Should().BeEmpty();
        shell.ExitCode.Should().Be(0);
    }

    private static string Run(string script)
    {
        using var shell = Start("-s", script);
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return output;
    }

    private static Process Start(string option, string script)
    {
        var shell = Process.Start(new ProcessStartInfo("/bin/sh", [option])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        shell.StandardInput.Write(script);
        shell.StandardInput.Close();
        return shell;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
