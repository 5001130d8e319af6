using System.Globalization;
using Wgns.Tests.Privileged.Lifecycle;
using Wgns.Tests.Privileged.Supervision;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>A program inside that sends by every kind of socket all the time, at every moment of a namespace's life.</summary>
public sealed class MomentTests
{
    private static readonly string[] s_moments =
    [
        "during up", "steady", "the endpoint does not answer", "the engine is killed", "the engine is killed and another goes on",
        "the device is deleted", "reload",
        "the supervisor is killed", "down", "an up that fails",
    ];

    [TestCaseSource(nameof(s_moments))]
    public void Nothing_gets_out_beside_the_tunnel(string moment) =>
        Street.NothingGetsOut(lab => Live(moment, lab, wayOut: null));

    [TestCaseSource(nameof(s_moments))]
    public void With_another_link_inside_the_same_gets_out(string moment) =>
        Street.KindsThatGetOut((lab, wayOut) => Live(moment, lab, wayOut)).Should().Contain(["udp", "tcp", "ping", "raw", "packet", "bound"]);

    [Test]
    public void From_the_first_instant_nobody_but_the_dns_server_is_asked_for_a_name()
    {
        using var street = new Street();
        using var lab = street.MakeLab();
        KindsThatCame(lab, () => lab.Up("--wait")).Should().NotContain([.. FarEnd.Plain, .. FarEnd.Neighbours]);
    }

    /// <summary>The same operations as a script of `plan`, with one of them in another place.</summary>
    [Test]
    public void With_the_rules_loaded_after_the_interface_others_are_asked_for_names_until_then()
    {
        using var street = new Street();
        using var lab = street.MakeLab();

        // The directories that every machine with wgns has.
        lab.Up();
        lab.Down();
        var steps = lab.Do("plan", lab.Config).Split("\n# ");
        var rules = steps.Single(s => s.StartsWith("load firewall rules\n", StringComparison.Ordinal));
        var script = Path.Combine(lab.Directory, "late.sh");
        File.WriteAllText(script, string.Join("\n# ", [.. steps.Where(s => s != rules), "a moment without rules\nsleep 1\n", rules]));
        var socket = File.ReadAllText(script).Split('\n', ' ').First(w => w.StartsWith("/var/run/wireguard/wgns-", StringComparison.Ordinal));
        try
        {
            KindsThatCame(lab, () =>
            {
                using var run = street.Start("sh", "-c", "exec sh \"$0\" >\"$0.out\" 2>&1", script);
                run.End().Exit.Should().Be(0, File.ReadAllText(script + ".out"));
            }).Should().Contain([.. FarEnd.Plain, .. FarEnd.Neighbours]);
        }
        finally
        {
            // It ends when its socket goes, a moment later.
            File.Delete(socket);
            Until.True(() => Tool.Ask("pgrep", "-f", socket).Exit != 0).Should().BeTrue("an engine without a socket ends");
            Machine.Sweep(lab.Name);
        }
    }

    /// <summary>What a program that is inside from the first instant on gets through the tunnel, but for lookups of the dns_server.</summary>
    private static HashSet<string> KindsThatCame(Lab lab, Action raise)
    {
        using var far = new FarEnd(lab);
        using var talker = new Running(Talker.Path, ["shoot", lab.Name, "0", .. Talker.Targets]);
        raise();
        Talker.SomeRounds(talker);
        talker.Signal("TERM").End();
        var came = far.KindsThatCame();
        came.Should().Contain("udp", "the tunnel carries what it may");
        return came;
    }

    /// <param name="wayOut">Called with the netns as soon as it can be.</param>
    private static void Live(string moment, Lab lab, Action<string>? wayOut)
    {
        var isFirst = moment is "during up" or "an up that fails";
        if (isFirst && wayOut is not null)
        {
            Tool.Run("ip", "netns", "add", lab.Name);
            wayOut(lab.Name);
        }

        using var talker = new Running(Talker.Path, ["shoot", lab.Name, "0", .. Talker.Targets]);
        if (!isFirst)
        {
            Raise(moment, lab);
            wayOut?.Invoke(lab.Name);
            Talker.SomeRounds(talker);
        }

        switch (moment)
        {
            case "during up":
                lab.Up(wayOut is null ? [] : ["--adopt"]);
                break;
            case "an up that fails":
                lab.Ips = "[\"10.99.0.2/32\", \"ff02::5/128\"]";
                lab.Save();
                lab.TryUp(wayOut is null ? [] : ["--adopt"]).Errors.Should().Contain("taken back");
                break;
            case "the endpoint does not answer":
                lab.Provider!.Die();
                break;
            case "the engine is killed":
                Tool.Run("kill", "-9", Machine.Engine(lab.Name).ToString(CultureInfo.InvariantCulture));
                break;
            case "the engine is killed and another goes on":
                for (var i = 0; i < 3; i++)
                {
                    LeftDevice.KillEngine(lab.Name);
                    Talker.SomeRounds(talker);
                    lab.Up();
                }

                break;
            case "the device is deleted":
                Tool.Run("ip", "-n", lab.Name, "link", "delete", lab.Name);
                break;
            case "reload":
                Reload(lab);
                break;
            case "down":
                lab.TryDown().Exit.Should().Be(1, "somebody is inside");
                Talker.SomeRounds(talker);
                lab.Down("--force");
                break;
        }

        // What a moment leads to comes in its own time.
        Thread.Sleep(300);
        Talker.SomeRounds(talker);
        Talker.ShouldHaveTriedEverything(talker.Signal("TERM").End());
        if (moment == "an up that fails" && wayOut is not null)
        {
            // Not wgns's, which it had left as it was.
            Tool.Run("ip", "netns", "delete", lab.Name);
        }
    }

    private static void Raise(string moment, Lab lab)
    {
        if (moment != "the supervisor is killed")
        {
            lab.Up("--wait");
            return;
        }

        var supervised = new Supervised(lab, null, Within.Words(lab.Host));
        supervised.ShouldBeReady();
        supervised.Process.Signal("KILL").End().Exit.Should().Be(137);
    }

    private static void Reload(Lab lab)
    {
        foreach (var (dns, rules) in ((string, string)[])[("10.99.0.1", "add rule inet wgns input tcp dport 80 accept\n"), ("10.99.0.7", string.Empty)])
        {
            (lab.Dns, lab.Rules, lab.PeerExtra) = ($"dns_server = \"{dns}\"", rules, $"persistentKeepalive = {dns.Length}");
            lab.Save();
            lab.Reload();
        }
    }
}
