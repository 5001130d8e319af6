using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>What somebody or something changed behind our back: status tells it, up mends it.</summary>
[Category("UserNamespace")]
public sealed class DriftTests
{
    [Test]
    public void An_engine_that_was_killed_lets_nothing_out_and_up_brings_it_back()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        using var before = SocketInside.Connect(lab.Name, Provider.Address, 7);
        before.Talk("before").Should().Be("before");
        var shape = Machine.Shape(lab.Name);
        var pid = Machine.Engine(lab.Name);
        Tool.Run("kill", "-9", pid.ToString(CultureInfo.InvariantCulture));
        Until.True(() => lab.Status().GetProperty("interfaces")[0].GetProperty("enginePid").GetInt32() == 0).Should().BeTrue();

        var status = lab.Status();
        status.GetProperty("state").GetString().Should().Be("closed");
        Strings(status, "drift").Should().Contain(d => d.StartsWith("start the embedded engine", StringComparison.Ordinal));
        Cli.Run("status", lab.Name).Exit.Should().Be(1);
        Cli.Run("status", lab.Name).Output.Should().Contain("not running");
        var seen = lab.Provider!.Seen;
        FluentActions.Invoking(() => SocketInside.Connect(lab.Name, Provider.Address, 7)).Should().Throw<SocketException>();
        lab.Provider.Seen.Should().Be(seen, "nothing leaves");

        lab.Up("--wait");
        Machine.Engine(lab.Name).Should().NotBe(pid);
        Machine.Shape(lab.Name).Should().Be(shape);
        before.Talk("the same connection again").Should().Be("the same connection again");
        lab.ShouldBeSettled();
    }

    [Test]
    public void A_link_in_the_place_of_a_DNS_file_is_told_by_status_and_verify_with_what_to_do_about_it()
    {
        using var lab = new Lab();
        lab.Save();
        lab.Up();
        var file = $"/etc/netns/{lab.Name}/resolv.conf";
        File.Delete(file);
        File.CreateSymbolicLink(file, "/etc/resolv.conf");

        var status = lab.Status();
        status.GetProperty("state").GetString().Should().Be("degraded");
        Strings(status, "obstacles").Should().Equal($"{file} is not a plain file: use it as it is with dnsFiles = \"keep\", or move it away");
        Cli.Run("status", lab.Name).Output.Should().Contain($"in the way: {file} is not a plain file");
        Cli.Run("verify", lab.Name).Output.Should().Contain($"{file} is not a plain file").And.NotContain("cannot be read any more");

        File.Delete(file);
        lab.Up();
        Strings(lab.Status(), "obstacles").Should().BeEmpty();
        lab.ShouldBeSettled();
    }

    [Test]
    public void An_address_taken_off_a_set_is_drift_and_what_packets_add_to_one_is_not()
    {
        using var lab = new Lab
        {
            Rules = "table inet wgns {\n set bad { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 }; }\n"
                + " set seen { type ipv4_addr; size 64; flags dynamic,timeout; timeout 1h; }\n"
                + " quota q { over 100 mbytes; }\n"
                + " chain output {\n  ip daddr @bad drop\n  add @seen { ip daddr counter }\n  quota name q drop\n }\n}\n",
        };
        lab.Save();
        lab.Up();
        Tool.Run("ip", "netns", "exec", lab.Name, "nft", "add element inet wgns seen { 192.0.2.9 }");
        lab.ShouldBeSettled();

        Tool.Run("ip", "netns", "exec", lab.Name, "nft", "delete element inet wgns bad { 192.0.2.2 }");

        Strings(lab.Status(), "drift").Should().Equal("load firewall rules");
        lab.Up();
        Tool.Run("ip", "netns", "exec", lab.Name, "nft", "get element inet wgns bad { 192.0.2.2 }");
        lab.ShouldBeSettled();
    }

    [Test]
    public void An_engine_that_hangs_is_told_by_status_and_replaced_by_up()
    {
        using var lab = new Lab();
        lab.Up();
        var pid = Machine.Engine(lab.Name).ToString(CultureInfo.InvariantCulture);
        Tool.Run("kill", "-STOP", pid);
        try
        {
            lab.Status().GetProperty("state").GetString().Should().Be("closed", "nobody takes packets out of its device");
            lab.Up();
            Machine.Engine(lab.Name).ToString(CultureInfo.InvariantCulture).Should().NotBe(pid);
            lab.ShouldBeSettled();
        }
        finally
        {
            Tool.Ask("kill", "-CONT", pid);
        }
    }

    [TestCase("ip link delete {0}")]
    [TestCase("ip link set {0} down")]
    [TestCase("ip link set {0} mtu 1300")]
    [TestCase("ip address flush dev {0}")]
    [TestCase("ip address add 192.0.2.7/24 dev {0}")]
    [TestCase("ip route flush dev {0}")]
    [TestCase("ip route add 203.0.113.0/24 dev {0}")]
    [TestCase("ip link set lo down")]
    [TestCase("nft flush ruleset")]
    [TestCase("nft add rule inet wgns input accept")]
    [TestCase("nft add table ip mine")]
    [TestCase("echo nameserver 192.0.2.53 > /etc/netns/{0}/resolv.conf")]
    [TestCase("rm /etc/netns/{0}/nsswitch.conf")]
    [TestCase("rm -r /etc/netns/{0}")]
    [TestCase("wg set {0} peer xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= remove")]
    [TestCase("wg set {0} peer xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= allowed-ips 10.0.0.0/8")]
    [TestCase("rm /var/run/wireguard/{0}.sock")]
    [TestCase("ip netns delete {0}")]
    public void Drift_is_told_by_status_and_mended_by_up(string command)
    {
        using var lab = new Lab { Extra = "mtu = 1400" };
        lab.Save();
        lab.Up();
        var shape = Machine.Shape(lab.Name);
        Within.Run(lab.Name, "sh", "-c", string.Format(CultureInfo.InvariantCulture, command, lab.Name));
        var status = lab.Status();
        status.GetProperty("state").GetString().Should().BeOneOf("degraded", "closed", "down");
        status.GetProperty("state").GetString().Should().NotBe("up");
        Strings(status, "drift").Should().NotBeEmpty();
        lab.Up().Should().NotContain("nothing to do");
        Machine.Shape(lab.Name).Should().Be(shape);
        lab.ShouldBeSettled();
        lab.Status().GetProperty("state").GetString().Should().Be("up");
    }

    [Test]
    public void A_resolv_conf_that_was_edited_gets_its_text_back_in_the_same_file()
    {
        using var lab = new Lab();
        lab.Up();
        var inode = Tool.Run("stat", "-c", "%i", lab.ResolvConf);
        var text = File.ReadAllText(lab.ResolvConf);
        File.AppendAllText(lab.ResolvConf, "nameserver 192.0.2.53\n");
        lab.Status().GetProperty("dns").GetBoolean().Should().BeFalse();
        lab.Up();
        File.ReadAllText(lab.ResolvConf).Should().Be(text);
        Tool.Run("stat", "-c", "%i", lab.ResolvConf).Should().Be(inode);
    }

    [Test]
    public void Status_without_the_configuration_still_tells_what_of_our_own_was_changed()
    {
        using var lab = new Lab();
        lab.Up();
        File.Delete(lab.Config);
        lab.Status().GetProperty("state").GetString().Should().Be("up");
        Within.Run(lab.Name, "nft", "flush", "ruleset");
        var status = lab.Status();
        status.GetProperty("state").GetString().Should().Be("degraded");
        status.GetProperty("ruleset").GetBoolean().Should().BeFalse();
    }

    [Test]
    public void Status_of_what_is_not_up_says_so()
    {
        var words = Cli.Run("status", "nobody-made-this");
        words.Exit.Should().Be(1);
        words.Errors.Should().Contain("is not up");
        var json = Cli.Run("status", "nobody-made-this", "--json");
        json.Exit.Should().Be(1);
        JsonDocument.Parse(json.Output).RootElement.GetProperty("namespaces")[0].GetProperty("state").GetString().Should().Be("down");
    }

    private static IEnumerable<string> Strings(JsonElement element, string name) =>
        element.GetProperty(name).EnumerateArray().Select(e => e.GetString()!);
}
