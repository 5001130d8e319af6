using System.Text.Json;

namespace Wgns.Tests.Privileged.Verification;

/// <summary>`wgns verify` on a tunnel that works, and with each thing broken that it is to find.</summary>
[Category("UserNamespace")]
public sealed class VerifyTests
{
    [Test]
    public void A_tunnel_that_works_is_found_to_leak_nothing()
    {
        using var lab = Up();

        var words = Cli.Run("verify", lab.Name);

        words.Exit.Should().Be(0, words.Words);
        words.Output.Should().Contain("no way out but the tunnel was found").And.NotContain("FAILED");
        var document = JsonDocument.Parse(Cli.Do("verify", lab.Name, "--json")).RootElement;
        document.GetProperty("ok").GetBoolean().Should().BeTrue();
        var outcomes = document.GetProperty("findings").EnumerateArray().ToDictionary(f => f.GetProperty("check").GetString()!, f => f.GetProperty("outcome").GetString());
        foreach (var check in (string[])["links", "routes", "forwarding", "firewall", "configuration", "dns files", "host's daemons", "AF_VSOCK", "name resolution"])
        {
            outcomes[check].Should().Be("ok", check);
        }

        outcomes[$"tunnel {lab.Name}: engine"].Should().Be("ok");
        outcomes[$"tunnel {lab.Name}: socket"].Should().Be("ok");
        outcomes[$"tunnel {lab.Name}: handshake"].Should().Be("ok");
    }

    [Test]
    public void A_damaged_record_of_another_namespace_is_no_reason_to_look_at_none()
    {
        using var lab = Up();
        using var other = new Lab();
        File.WriteAllText(other.State, "{");
        try
        {
            var words = Cli.Run("verify", lab.Name);

            words.Exit.Should().Be(0, words.Words);
            words.Output.Should().Contain("no way out but the tunnel was found");
        }
        finally
        {
            File.Delete(other.State);
        }
    }

    [Test]
    public void A_link_that_somebody_added_fails_and_so_does_a_default_route_by_it()
    {
        using var lab = Up();
        lab.Enter("sh", "-c", "ip link add late0 type veth peer name late1 && ip link set late0 up && ip link set late1 up && ip route replace 192.0.2.0/24 dev late0").End().Exit.Should().Be(0);

        Failures(lab).Should().ContainKey("links").WhoseValue.Should().Contain("late0");

        lab.Enter("ip", "route", "add", "default", "dev", "late0", "metric", "5").End().Exit.Should().Be(0);
        Failures(lab).Should().ContainKey("routes").WhoseValue.Should().Contain("0.0.0.0/0 by late0");
    }

    [Test]
    public void Rules_that_were_flushed_and_forwarding_that_is_on_fail()
    {
        using var lab = Up();
        lab.Enter("nft", "flush", "chain", "inet", "wgns", "input").End().Exit.Should().Be(0);
        lab.Enter("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward").End().Exit.Should().Be(0);

        Failures(lab).Keys.Should().Contain(["firewall", "configuration", "forwarding"]);
    }

    [Test]
    public void A_server_that_does_not_answer_and_an_engine_that_died_fail()
    {
        using var lab = Up();
        lab.Provider!.Die();

        var failures = Failures(lab);

        failures.Should().ContainKey("name resolution").WhoseValue.Should().Contain("no answer");
        Tool.Run("kill", "-9", Machine.Engine(lab.Name).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Until.True(() => Machine.Engines(lab.Name).Count == 0).Should().BeTrue();
        Failures(lab).Keys.Should().Contain(k => k.StartsWith($"tunnel {lab.Name}", StringComparison.Ordinal));
    }

    [Test]
    public void A_process_that_came_in_with_the_machines_own_resolv_conf_fails_and_one_of_exec_does_not()
    {
        using var lab = Up();
        using var good = Cli.Start("exec", lab.Name, "--", "sleep", "60");
        Until.True(() => lab.Status().GetProperty("processes").GetArrayLength() == 1).Should().BeTrue();
        Failures(lab).Should().BeEmpty();

        using var bad = lab.Enter("sleep", "60");
        Until.True(() => lab.Status().GetProperty("processes").GetArrayLength() == 2).Should().BeTrue();

        var failures = Failures(lab);
        failures.Should().ContainSingle().Which.Value.Should().Contain("sees another resolv.conf");
        failures.Keys.Single().Should().Be($"process sleep ({bad.Pid})");
    }

    [Test]
    public void A_process_that_holds_a_socket_of_outside_fails()
    {
        using var lab = Up();
        using var handed = new Running("python3", ["-c", $"""
            import os, socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            os.dup2(s.fileno(), 0)
            os.execv(sys.argv[1], [sys.argv[1], "exec", "{lab.Name}", "--allow-sockets", "--", "sleep", "60"])
            """, Cli.Binary]);
        Until.True(() => lab.Status().GetProperty("processes").GetArrayLength() == 1).Should().BeTrue();

        Failures(lab).Should().ContainSingle().Which.Value.Should().Contain("descriptor 0 (IPv4)");
    }

    [Test]
    public void It_looks_from_a_directory_that_was_removed_as_from_any_other()
    {
        using var lab = Up();
        var directory = Path.Combine(lab.Directory, "gone");
        using var verify = new Running("sh", ["-c", "mkdir \"$1\" && cd \"$1\" && rmdir \"$1\" && exec \"$0\" verify \"$2\"", Cli.Binary, directory, lab.Name]);

        verify.End().Output.Should().MatchRegex("(?m)^ok +dns files: ").And.NotContain("no command could be started");
    }

    [Test]
    public void One_that_is_not_up_is_said_in_one_line()
    {
        var answer = Cli.Run("verify", "nobody-has-this");

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("nobody-has-this is not up");
    }

    /// <summary>A tunnel that works, with a resolver at its far end.</summary>
    internal static Lab Up(string extra = "", string? dns = null)
    {
        var lab = new Lab(withProvider: true) { Dns = dns ?? $"dns_server = \"{Provider.Address}\"", Extra = extra };
        lab.Own(new DnsAnswers(lab.Provider!.Name, Provider.Address));
        lab.Save();
        lab.Up("--wait");
        return lab;
    }

    /// <summary>Reasons by check, of a run whose exit status says the same.</summary>
    internal static Dictionary<string, string> Failures(Lab lab)
    {
        var answer = Cli.Run("verify", lab.Name, "--json");
        var findings = JsonDocument.Parse(answer.Output).RootElement.GetProperty("findings").EnumerateArray()
            .Where(f => f.GetProperty("outcome").GetString() == "failed").ToList();
        answer.Exit.Should().Be(findings.Count == 0 ? 0 : 1);
        findings.Where(f => f.GetProperty("cure").ValueKind != JsonValueKind.String).Should().BeEmpty("a failure says what to do");
        return findings.ToDictionary(f => f.GetProperty("check").GetString()!, f => f.GetProperty("reason").GetString()!);
    }
}
