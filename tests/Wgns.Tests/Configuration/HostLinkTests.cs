using Wgns.Configuration;
using Wgns.Linux;

namespace Wgns.Tests.Configuration;

public sealed class HostLinkTests
{
    [Test]
    public void An_empty_table_is_a_link_with_names_of_its_own_and_addresses_to_be_found()
    {
        var link = Read.Config("[hostLink]\n").HostLink!;

        (link.HostInterface, link.NamespaceInterface).Should().Be(("wgh-vpn", "host0"));
        link.HostAddresses.Should().BeEmpty();
        link.Networks.Should().Equal(HostLinkNumbers.Range);
        Read.Config(Read.Around("hostLink = { enable = false, nsInterface = 'x' }")).HostLink.Should().BeNull();
        Read.Config(Read.Around("")).HostLink.Should().BeNull();
    }

    [Test]
    public void A_long_name_gives_an_interface_that_the_kernel_takes_and_another_long_name_another_one()
    {
        var names = new[] { new string('a', 12), new string('a', 13), new string('a', 64) }.Select(HostLinkConfig.DefaultHostInterface).ToList();

        names.Should().OnlyHaveUniqueItems().And.OnlyContain(n => Names.IfnameProblem(n) == null);
        HostLinkConfig.DefaultHostInterface("elevenchars").Should().Be("wgh-elevenchars");
        HostLinkConfig.TableOf("a@b-c").Should().MatchRegex("^wgns_[0-9a-f]{16}$");
    }

    [Test]
    public void Addresses_of_both_ends_are_taken_with_their_networks()
    {
        var link = Read.Config(Read.Around("hostLink = { hostInterface = 'h', nsInterface = 'n', hostAddresses = ['10.9.0.1/30', 'fd09::1/127', 'fe80::1/64'], nsAddresses = ['10.9.0.2/30', 'fd09::/127', 'fe80::2/64'] }")).HostLink!;

        link.HostAddresses.Select(a => a.ToString()).Should().Equal("10.9.0.1/30", "fd09::1/127", "fe80::1/64");
        link.Networks.Select(a => a.ToString()).Should().Equal("10.9.0.0/30", "fd09::/127", "fe80::/64");
        Read.Said(Read.Around("hostLink = { hostAddresses = 'fe80::1/64', nsAddresses = 'fe80::2/64' }")).Should().BeEmpty();
    }

    [TestCase("hostInterface = 'a b'", "hostInterface \"a b\" holds a '/', ':', '%', a space or a control character, which the kernel refuses")]
    [TestCase("hostInterface = 'a*'", "hostInterface \"a*\" holds a character other than letters, digits, '-', '_', '.' and '@'")]
    [TestCase("nsInterface = '\"; }'", "nsInterface \"\"; }\" holds a '/', ':', '%', a space or a control character, which the kernel refuses")]
    [TestCase("hostAddresses = '10.9.0.1/30'", "10.9.0.1/30 of hostAddresses has no counterpart in nsAddresses")]
    [TestCase("hostAddresses = '10.9.0.1/30', nsAddresses = '10.9.0.6/30'", "10.9.0.1/30 of hostAddresses has no counterpart in nsAddresses")]
    [TestCase("hostAddresses = '10.9.0.1/30', nsAddresses = '10.9.0.1/30'", "10.9.0.1/30 is in hostAddresses and in nsAddresses")]
    [TestCase("hostAddresses = '10.9.0.1', nsAddresses = '10.9.0.2'", "hostAddresses 10.9.0.1/32 has a network of its own: two ends need one of /31 or shorter")]
    [TestCase("hostAddresses = '10.9.0.0/30', nsAddresses = '10.9.0.2/30'", "hostAddresses 10.9.0.0/30 is the first or the last of its network, which no host can have")]
    [TestCase("hostAddresses = '10.9.0.3/30', nsAddresses = '10.9.0.2/30'", "hostAddresses 10.9.0.3/30 is the first or the last of its network, which no host can have")]
    [TestCase("hostAddresses = '0.0.0.1/0', nsAddresses = '0.0.0.2/0'", "hostAddresses 0.0.0.1/0 takes in more than can be one link's")]
    [TestCase("hostAddresses = '127.0.0.1/30', nsAddresses = '127.0.0.2/30'", "hostAddresses 127.0.0.1/30 is no address that a link can have")]
    [TestCase("hostAddresses = 'ff02::1/126', nsAddresses = 'ff02::2/126'", "hostAddresses ff02::1/126 is no address that a link can have")]
    [TestCase("hostAddresses = 'here', nsAddresses = '10.9.0.2/30'", "hostAddresses \"here\" is no address with a length")]
    [TestCase("forward = true", "unknown key \"forward\" in the hostLink")]
    public void A_mistake_is_an_error(string keys, string said) =>
        Read.Said(Read.Around($"hostLink = {{ {keys} }}")).Should().Contain(s => s.EndsWith("error: " + said, StringComparison.Ordinal));

    [TestCase("10.9.0.1/24", "10.9.0.2/24")]
    [TestCase("fd09::1/64", "fd09::2/64")]
    public void A_network_that_is_longer_than_two_ends_is_taken_with_a_warning(string host, string inside)
    {
        var text = Read.Around($"hostLink = {{ hostAddresses = '{host}', nsAddresses = '{inside}' }}");

        Read.Said(text).Should().HaveCount(2).And.OnlyContain(s => s.Contains(": warning: ", StringComparison.Ordinal) && s.Contains("more than two ends need", StringComparison.Ordinal));
        Read.Config(text).HostLink!.HostAddresses.Should().ContainSingle();
    }

    [TestCase("hostLink = { hostAddresses = '10.0.0.5/30', nsAddresses = '10.0.0.6/30' }", "10.0.0.0/29")]
    [TestCase("hostLink = { hostAddresses = '10.0.0.1/24', nsAddresses = '10.0.0.9/24' }", "10.0.0.2/32")]
    [TestCase("hostLink = { hostAddresses = '10.0.0.1/30', nsAddresses = '10.0.0.2/30' }", "10.0.0.1/32")]
    [TestCase("hostLink = {}", "198.19.0.0/16")]
    public void A_network_that_is_the_tunnels_too_is_an_error(string link, string network)
    {
        var text = Read.Around(link).Replace("allowedIPs = ['0.0.0.0/0']", "allowedIPs = ['0.0.0.0/0', '10.0.0.0/29', '198.19.0.0/16']", StringComparison.Ordinal);

        Read.Said(text).Should().Contain(s => s.Contains("error: ", StringComparison.Ordinal) && s.Contains($"{network} of the tunnel: the link would carry what is the tunnel's", StringComparison.Ordinal));
    }

    [Test]
    public void The_link_and_an_interface_of_WireGuards_have_two_names() =>
        Read.Said(Read.Around("interfaceName = 'host0'\nhostLink = {}")).Should().Contain(s => s.EndsWith("are both named \"host0\"", StringComparison.Ordinal));

    [Test]
    public void Numbers_are_the_same_for_a_name_and_others_where_they_are_taken()
    {
        var (host, inside) = HostLinkNumbers.Of("vpn", []).GetValueOrDefault();
        HostLinkNumbers.Of("vpn", []).Should().Be((host, inside));
        HostLinkNumbers.Range.Contains(host.Address).Should().BeTrue();
        (host.PrefixLength, host.Masked()).Should().Be((30, inside.Masked()));
        host.Should().NotBe(inside);

        var moved = HostLinkNumbers.Of("vpn", [new Cidr(inside.Address, 32)]).GetValueOrDefault();
        moved.Host.Overlaps(host.Masked()).Should().BeFalse();
        HostLinkNumbers.Of("vpn", [new Cidr(host.Address, 16)])!.Value.Host.Address.GetAddressBytes()[1].Should().NotBe(host.Address.GetAddressBytes()[1]);
        HostLinkNumbers.Of("vpn", [HostLinkNumbers.Range]).Should().BeNull();
        Enumerable.Range(0, 200).Select(i => HostLinkNumbers.Of($"n{i}", [])!.Value.Host).Distinct().Should().HaveCountGreaterThan(190);
    }
}
