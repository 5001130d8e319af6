using Wgns.Configuration;
using Wgns.Linux;

namespace Wgns.Tests.Configuration;

public sealed class InterfaceTests
{
    [TestCase("wg0")]
    [TestCase("abcdefghijklmno")]
    [TestCase("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9a")]
    [TestCase("a'b\\\"c$(x)")]
    [TestCase("a.b")]
    public void A_name_that_the_kernel_takes_is_an_interfaces_name(string name) =>
        Read.Said(Read.Around($"interfaceName = \"{name}\"")).Should().BeEmpty();

    [TestCase("", "is empty")]
    [TestCase("abcdefghijklmnop", "is 16 bytes long; the kernel takes at most 15")]
    [TestCase("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", "is 16 bytes long; the kernel takes at most 15")]
    [TestCase("a/b", "holds a '/', ':', '%', a space or a control character, which the kernel refuses")]
    [TestCase("a b", "holds a '/', ':', '%', a space or a control character, which the kernel refuses")]
    [TestCase("a\\nb", "holds a '/', ':', '%', a space or a control character, which the kernel refuses")]
    [TestCase("a:b", "holds a '/', ':', '%', a space or a control character, which the kernel refuses")]
    [TestCase("wg%d", "holds a '/', ':', '%', a space or a control character, which the kernel refuses")]
    [TestCase("\u00e0", "holds a character that the kernel takes for a space")]
    [TestCase(".", "is a directory's name")]
    [TestCase("..", "is a directory's name")]
    [TestCase("lo", "is the loopback's")]
    [TestCase("all", "is a name that the kernel keeps for itself")]
    [TestCase("default", "is a name that the kernel keeps for itself")]
    public void A_name_that_the_kernel_refuses_is_an_error_at_its_place(string name, string problem)
    {
        var shown = name.Replace("\\n", "\n", StringComparison.Ordinal);
        Read.Said(Read.Around($"interfaceName = \"{name}\"")).Should().Equal($"1:17: error: interfaceName \"{shown}\" {problem}");
    }

    [Test]
    public void The_namespaces_name_is_the_interfaces_where_it_has_none() =>
        Read.Config(Read.Around("namespace_name = 'work'")).Interfaces.Should().ContainSingle().Which.Ifname.Should().Be("work");

    [Test]
    public void A_namespaces_name_that_is_too_long_for_an_interface_asks_for_an_interfaceName()
    {
        var toml = Read.Around("namespace_name = 'a-name-of-seventeen'");

        Read.Said(toml).Should().Equal(
            "1:18: error: the namespace's name is also the interface's, and \"a-name-of-seventeen\" is 19 bytes long; the kernel takes at most 15");
        Read.Hints(toml).Should().Equal("set interfaceName");
    }

    [Test]
    public void Addresses_keep_their_host_bits_and_stand_alone_for_one_host() =>
        Read.Config(Read.WithPeer($"publicKey = '{Read.KeyA}'\nallowedIPs = ['0.0.0.0/0']").Replace("10.0.0.2/32\"", "10.0.0.2/24\", \"fd00::2/64\", \"10.1.1.1\"", StringComparison.Ordinal))
            .Interfaces[0].Addresses.Select(a => a.ToString()).Should().Equal("10.0.0.2/24", "fd00::2/64", "10.1.1.1/32");

    [TestCase("['10.0.0.256/24']", "1:8: error: ips holds \"10.0.0.256/24\", which is no address with prefix")]
    [TestCase("['10.0.0.1/33']", "1:8: error: ips holds \"10.0.0.1/33\", which is no address with prefix")]
    [TestCase("['fd00::1/129']", "1:8: error: ips holds \"fd00::1/129\", which is no address with prefix")]
    [TestCase("['10.0.0.1/-1']", "1:8: error: ips holds \"10.0.0.1/-1\", which is no address with prefix")]
    [TestCase("['10.1/8']", "1:8: error: ips holds \"10.1/8\", which is no address with prefix")]
    [TestCase("['10.0.0.1', '10.0.0.1/32']", "1:20: warning: ips holds 10.0.0.1/32 twice")]
    [TestCase("'10.0.0.1'", "1:7: error: ips is a string; it must be a list of strings")]
    [TestCase("[1]", "1:8: error: ips holds an integer; each of its items must be a string")]
    [TestCase("[]", "1:7: warning: the interface has no address (ips): programs inside cannot send anything")]
    public void Bad_addresses_are_said_at_their_place(string value, string said)
    {
        var toml = Read.Around($"ips = {value}").Replace("ips = [\"10.0.0.2/32\"]\n", string.Empty, StringComparison.Ordinal);

        Read.Said(toml).First().Should().Be(said);
    }

    [TestCase("0.0.0.0", "is the address that stands for none")]
    [TestCase("0.0.0.0/24", "is the address that stands for none")]
    [TestCase("::/0", "is the address that stands for none")]
    [TestCase("::1/128", "is the loopback's")]
    public void An_address_that_the_kernel_gives_to_no_interface_is_an_error_at_its_place(string address, string problem)
    {
        var toml = Read.Around($"ips = ['10.0.0.2/32', '{address}']").Replace("ips = [\"10.0.0.2/32\"]\n", string.Empty, StringComparison.Ordinal);

        Read.Said(toml).Should().Equal($"1:23: error: ips holds \"{address}\", which {problem}");
    }

    [Test]
    public void One_IPv6_address_with_two_prefixes_is_an_error_and_one_of_IPv4_is_none()
    {
        Read.Said(With("'fd00::2/64', 'fd00::2/128'")).Should().Equal("1:22: error: ips holds \"fd00::2/128\" beside fd00::2/64: an interface has an IPv6 address once");
        Read.Said(With("'10.0.0.2/24', '10.0.0.2/32'")).Should().BeEmpty();

        static string With(string ips) => Read.Around($"ips = [{ips}]").Replace("ips = [\"10.0.0.2/32\"]\n", string.Empty, StringComparison.Ordinal);
    }

    [TestCase("listenPort = 0", "1:14: error: listenPort is 0; it must be 1-65535")]
    [TestCase("listenPort = 65536", "1:14: error: listenPort is 65536; it must be 1-65535")]
    [TestCase("listenPort = '51820'", "1:14: error: listenPort is a string; it must be an integer of 1-65535")]
    [TestCase("mtu = 575", "1:7: error: mtu is 575; it must be 576-65535 bytes")]
    [TestCase("mtu = 65536", "1:7: error: mtu is 65536; it must be 576-65535 bytes")]
    [TestCase("mtu = 1420.0", "1:7: error: mtu is a float; it must be an integer of 576-65535")]
    [TestCase("fwMark = -1", "1:10: error: fwMark is -1; it must be 0-4294967295")]
    [TestCase("fwMark = 4294967296", "1:10: error: fwMark is 4294967296; it must be 0-4294967295")]
    [TestCase("fwMark = '0x'", "1:10: error: fwMark is \"0x\"; it must be an integer of 0-4294967295 or \"off\"")]
    [TestCase("fwMark = '0x100000000'", "1:10: error: fwMark is \"0x100000000\"; it must be an integer of 0-4294967295 or \"off\"")]
    [TestCase("fwMark = ' 1'", "1:10: error: fwMark is \" 1\"; it must be an integer of 0-4294967295 or \"off\"")]
    [TestCase("fwMark = true", "1:10: error: fwMark is a boolean; it must be an integer of 0-4294967295")]
    [TestCase("allowedIPsAsRoutes = 1", "1:22: error: allowedIPsAsRoutes is an integer; it must be a boolean")]
    [TestCase("engine = 'kernal'", "1:10: error: engine is \"kernal\"; it must be one of \"auto\", \"kernel\", \"embedded\", \"wireguard-go\"")]
    public void A_number_or_choice_out_of_its_range_is_an_error_at_its_place(string line, string said) =>
        Read.Said(Read.Around(line)).Should().Equal(said);

    [Test]
    public void A_mistyped_choice_is_asked_for_by_its_nearest() =>
        Read.Hints(Read.Around("engine = 'kernal'")).Should().Equal("did you mean \"kernel\"?");

    [TestCase("fwMark = 51820", 51820u)]
    [TestCase("fwMark = 0xff", 255u)]
    [TestCase("fwMark = '0xFF'", 255u)]
    [TestCase("fwMark = '7'", 7u)]
    [TestCase("fwMark = 'off'", 0u)]
    [TestCase("fwMark = 4294967295", uint.MaxValue)]
    [TestCase("", 0u)]
    public void A_mark_is_a_number_or_what_wg_takes(string line, uint mark) =>
        Read.Config(Read.Around(line)).Interfaces[0].FwMark.Should().Be(mark);

    [Test]
    public void The_other_settings_of_an_interface_are_read()
    {
        var item = Read.Config(Read.Around("listenPort = 51820\nmtu = 1300\nallowedIPsAsRoutes = false\nengine = 'wireguard-go'")).Interfaces[0];

        item.ListenPort.Should().Be(51820);
        item.Mtu.Should().Be(1300);
        item.AllowedIpsAsRoutes.Should().BeFalse();
        item.Engine.Should().Be(EngineChoice.WireGuardGo);
        item.PrivateKey.Should().Be(new KeySource.File("/c/private.key"));
    }

    [Test]
    public void What_is_not_said_is_left_to_be_found_out()
    {
        var item = Read.Config(Read.Around(string.Empty)).Interfaces[0];

        item.ListenPort.Should().BeNull();
        item.Mtu.Should().BeNull();
        item.AllowedIpsAsRoutes.Should().BeTrue();
        item.Engine.Should().Be(EngineChoice.Auto);
    }

    [Test]
    public void An_mtu_below_1280_is_an_error_only_with_an_IPv6_address()
    {
        var toml = Read.Around("mtu = 1279");

        Read.Said(toml).Should().BeEmpty();
        Read.Said(toml.Replace("10.0.0.2/32", "fd00::2/128", StringComparison.Ordinal))
            .Should().StartWith("1:7: error: mtu is 1279; IPv6 needs 1280 (RFC 8200 section 5)");
    }

    [TestCase("privateKeyFile = ''", "1:18: error: privateKeyFile is empty")]
    [TestCase("privateKeyFile = \"a\\u0000b\"", "1:18: error: privateKeyFile holds a NUL character")]
    [TestCase("privateKeyFile = 1", "1:18: error: privateKeyFile is an integer; it must be a string")]
    [TestCase("privateKeyFile = '" + Read.Secret + "'", "1:18: error: privateKeyFile is a key and not the path of a file with one")]
    public void A_privateKeyFile_that_can_be_no_path_is_an_error_and_a_key_there_is_not_repeated(string line, string said)
    {
        var toml = Read.Around(line).Replace("privateKeyFile = \"private.key\"\n", string.Empty, StringComparison.Ordinal);

        Read.Said(toml).Should().Equal(said);
        Read.Text(toml).ToString().Should().NotContain(Read.Secret);
        Read.Hints(toml).Should().AllSatisfy(h => (h ?? string.Empty).Should().NotContain(Read.Secret));
    }

    [TestCase("/abs/k", "/abs/k")]
    [TestCase("../k", "/k")]
    [TestCase("keys/a'b \\\"$(x)\\nk", "/c/keys/a'b \"$(x)\nk")]
    public void A_key_file_is_beside_the_configuration_whatever_is_in_its_name(string text, string path) =>
        Read.Config($"ips = ['10.0.0.1']\nprivateKeyFile = \"{text}\"").Interfaces[0].PrivateKey.Should().Be(new KeySource.File(path));

    [Test]
    public void A_missing_privateKeyFile_is_an_error_that_says_how_to_make_one()
    {
        var result = Read.Text("dns_server = '10.0.0.1'\nips = ['10.0.0.2']");

        var error = result.Diagnostics.Single(d => d.Message.Contains("privateKeyFile", StringComparison.Ordinal));
        error.Message.Should().Be("privateKeyFile is missing");
        error.Hint.Should().Contain("wgns genkey > private.key");
    }
}
