using System.Text.Json;

namespace Wgns.Tests.Privileged.Verification;

/// <summary>`wgns verify` of who answers for names, and of DNS files that are somebody else's.</summary>
[Category("UserNamespace")]
public sealed class VerifyNameTests
{
    [Test]
    public void A_resolver_inside_that_took_the_servers_address_is_not_the_tunnels()
    {
        using var lab = VerifyTests.Up();
        lab.Enter("ip", "address", "add", Provider.Address + "/32", "dev", "lo").End().Exit.Should().Be(0);
        lab.Own(new DnsAnswers(lab.Name, Provider.Address));

        var failures = VerifyTests.Failures(lab);

        failures.Should().ContainKey("name resolution").WhoseValue.Should().Contain("by lo");
        failures.Should().ContainKey("loopback").WhoseValue.Should().Contain(Provider.Address + "/32");
    }

    [Test]
    public void A_first_server_that_is_silent_fails_though_the_second_answers()
    {
        using var lab = VerifyTests.Up(dns: $"dns_server = [\"10.99.0.200\", \"{Provider.Address}\"]");

        VerifyTests.Failures(lab).Should().ContainSingle().Which.Should().Match<KeyValuePair<string, string>>(
            f => f.Key == "name resolution" && f.Value.Contains("10.99.0.200: no answer", StringComparison.Ordinal));
    }

    [Test]
    public void A_second_server_that_is_silent_is_told()
    {
        using var lab = VerifyTests.Up(dns: $"dns_server = [\"{Provider.Address}\", \"10.99.0.200\"]");

        VerifyTests.Failures(lab).Should().BeEmpty();
        Reason(lab, "name resolution").Should().Contain("10.99.0.200: no answer");
    }

    [Test]
    public void Files_that_are_kept_may_be_links_and_are_compared_with_what_they_lead_to()
    {
        using var lab = new Lab(withProvider: true) { Dns = $"dns_server = \"{Provider.Address}\"", Extra = "dnsFiles = \"keep\"" };
        lab.Own(new DnsAnswers(lab.Provider!.Name, Provider.Address));
        lab.Save();
        var kept = $"/etc/netns/{lab.Name}";
        Directory.CreateDirectory(kept);
        try
        {
            foreach (var (file, text) in ((string, string)[])[("resolv.conf", $"nameserver {Provider.Address}\n"), ("nsswitch.conf", "hosts: files dns\n")])
            {
                File.WriteAllText(Path.Combine(lab.Directory, file), text);
                File.SetUnixFileMode(Path.Combine(lab.Directory, file), (UnixFileMode)0x1A4); // 0644
                File.CreateSymbolicLink($"{kept}/{file}", Path.Combine(lab.Directory, file));
            }

            lab.Up("--wait");
            using var inside = Cli.Start("exec", lab.Name, "--", "sleep", "60");
            Until.True(() => lab.Status().GetProperty("processes").GetArrayLength() == 1).Should().BeTrue();
            VerifyTests.Failures(lab).Should().BeEmpty();

            // Another file than the one that is bound for the command: what it sees is not what is configured any more.
            File.WriteAllText(Path.Combine(lab.Directory, "other.conf"), "nameserver 10.99.0.99\n");
            File.Delete($"{kept}/resolv.conf");
            File.CreateSymbolicLink($"{kept}/resolv.conf", Path.Combine(lab.Directory, "other.conf"));
            VerifyTests.Failures(lab).Keys.Should().Contain(k => k.StartsWith("process sleep", StringComparison.Ordinal));
        }
        finally
        {
            lab.TryDown("--force");
            Directory.Delete(kept, recursive: true);
        }
    }

    private static string Reason(Lab lab, string check) =>
        JsonDocument.Parse(Cli.Do("verify", lab.Name, "--json")).RootElement.GetProperty("findings").EnumerateArray()
            .Single(f => f.GetProperty("check").GetString() == check).GetProperty("reason").GetString()!;
}
