using System.Text.Json;
using Wgns.Configuration;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>A link to the host beside a namespace that systemd holds.</summary>
public sealed class HostLinkTests
{
    private const string Holder = "wgns-netns@test.service";

    [Test]
    public void A_held_namespace_gets_it_with_its_tunnel_and_release_takes_it_to_the_last_rule()
    {
        using var lab = new Lab { Extra = "hostLink = { enable = true }" };
        lab.Save();
        using (var hold = new Running("unshare", ["-n", Cli.Binary, "hold", lab.Config, "--by", Holder]))
        {
            hold.End().Exit.Should().Be(0);
        }

        Machine.Links("-j").Should().NotContain(Host(lab));
        Machine.Ruleset(lab.Name).Should().Contain("host_link", "its rules stand before it does");
        lab.Up();
        Machine.Links("-j").Should().Contain(Host(lab));
        Tables().Should().ContainSingle();

        // A second hold, as a restart of the unit has it, forgets nothing.
        Within.Run(lab.Name, Cli.Binary, "hold", lab.Config, "--by", Holder).Should().Contain("held already");
        lab.ShouldBeSettled();
        lab.Down("--force");
        Machine.Links("-j").Should().NotContain(Host(lab));
        Tables().Should().BeEmpty();

        lab.Up();

        // As the unit does, from inside, where process 1 tells which netns is the machine's; else from there.
        string[] release = [Cli.Binary, "release", lab.Name, "--by", Holder];
        Within.Run(Machine.Link("/proc/1/ns/net") is null ? null : lab.Name, release).Should().Contain("is released");
        Machine.Links("-j").Should().NotContain(Host(lab));
        Tables().Should().BeEmpty();
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void What_somebody_else_has_under_its_name_stays_and_the_run_does_not_begin()
    {
        using var lab = new Lab { Extra = "hostLink = { enable = true }" };
        lab.Save();
        Tool.Run("ip", "link", "add", Host(lab), "type", "veth", "peer", "name", lab.Name + "x");
        try
        {
            var answer = lab.TryUp();
            answer.Exit.Should().Be(1);
            answer.Errors.Should().Contain($"link {Host(lab)} exists already on the host");
            lab.Leftovers().Should().BeEmpty();
            Machine.Links("-j").Should().Contain(Host(lab));
        }
        finally
        {
            Tool.Run("ip", "link", "delete", Host(lab));
        }
    }

    [Test]
    public void Another_namespace_gets_another_network_and_each_its_own_table()
    {
        using var one = new Lab { Extra = "hostLink = { enable = true }" };
        using var two = new Lab { Extra = "hostLink = { enable = true, hostAddresses = '10.233.7.1/30', nsAddresses = '10.233.7.2/30' }" };
        foreach (var lab in (Lab[])[one, two])
        {
            lab.Save();
            lab.Up();
        }

        Tables().Should().HaveCount(2);
        Address(one).Should().StartWith("198.1");
        Address(two).Should().Be("10.233.7.1");
        two.Extra = "";
        two.Save();
        two.Reload();
        Tables().Should().ContainSingle();
        Machine.Links("-j").Should().Contain(Host(one)).And.NotContain(Host(two));
    }

    [Test]
    public void One_of_which_both_ends_are_renamed_at_once_is_made_once_and_keeps_its_addresses()
    {
        using var lab = new Lab { Extra = "hostLink = { enable = true }" };
        lab.Save();
        lab.Up();
        var before = Address(lab);
        lab.Extra = $"hostLink = {{ enable = true, hostInterface = '{lab.Name}h', nsInterface = '{lab.Name}i' }}";
        lab.Save();

        var answer = lab.TryUp("-v");

        answer.Exit.Should().Be(0);
        answer.Words.Split("create host link").Should().HaveCount(2);
        AddressOf($"{lab.Name}h").Should().Be(before);
        Machine.Links("-j").Should().NotContain(Host(lab));
        lab.ShouldBeSettled();
    }

    [Test]
    public void Two_whose_names_lead_to_one_network_and_that_come_up_at_once_get_one_each_and_keep_it()
    {
        using var one = new Lab { Extra = "hostLink = { enable = true }" };
        one.Save();
        var (a, b) = NamesWithOneNumber();
        string[] files = [.. new[] { a, b }.Select(n => Path.Combine(one.Directory, n + ".toml"))];
        try
        {
            foreach (var file in files)
            {
                File.Copy(one.Config, file);
            }

            for (var i = 0; i < 3; i++)
            {
                var ups = files.Select(f => Cli.Start("up", f)).ToList();
                ups.ForEach(u => u.End().Exit.Should().Be(0));
                ups.ForEach(u => u.Dispose());
                Address(a).Should().NotBe(Address(b));
                Array.ForEach(files, f => Cli.Do("up", f).Should().Contain("nothing to do"));

                // One that comes again takes nothing from the other, whichever of them is the elder.
                var kept = Address(b);
                Cli.Do("down", files[0]);
                Cli.Do("up", files[0]);
                Array.ForEach(files, f => Cli.Do("up", f).Should().Contain("nothing to do"));
                Address(b).Should().Be(kept).And.NotBe(Address(a));
                Array.ForEach(files, f => Cli.Do("down", f));
            }
        }
        finally
        {
            Array.ForEach(files, f => Cli.Run("down", "--force", f));
        }
    }

    private static (string One, string Other) NamesWithOneNumber()
    {
        var seen = new Dictionary<string, string>();
        for (var i = 0; ; i++)
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"x{Environment.ProcessId}{i}"); // short enough to be in the link's
            var number = HostLinkNumbers.Of(name, [])!.Value.Host.ToString();
            if (!seen.TryAdd(number, name))
            {
                return (seen[number], name);
            }
        }
    }

    private static string Address(string name) => AddressOf($"wgh-{name}");

    private static string AddressOf(string ifname) => JsonDocument.Parse(Tool.Run("ip", "-j", "address", "show", ifname)).RootElement[0]
        .GetProperty("addr_info")[0].GetProperty("local").GetString()!;

    private static string Host(Lab lab) => $"wgh-{lab.Name}";

    private static string Address(Lab lab) => Address(lab.Name);

    private static List<string> Tables() =>
        [.. Tool.Run("nft", "list", "tables").Split('\n').Where(t => t.StartsWith("table inet wgns_", StringComparison.Ordinal))];
}
