using System.Net;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Resolution;
using Wgns.Tests.Configuration;
using Wgns.Tests.Planning;

namespace Wgns.Tests.Resolution;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ResolverTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wgns-resolve-").FullName;
    private readonly Outside _outside = new();
    private readonly List<Diagnostic> _diagnostics = [];

    public ResolverTests() => File.WriteAllText($"{_directory}/key", Read.Secret);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void An_address_as_endpoint_is_not_looked_up()
    {
        _outside.Names.Clear();

        Resolve("endpoint = '192.0.2.9:1'")!.Interfaces[0].Device.Peers[0].Address.Should().Be(IPEndPoint.Parse("192.0.2.9:1"));
    }

    [Test]
    public void The_first_address_that_there_is_a_way_to_is_taken()
    {
        _outside.Names["vpn.example"] = ["2001:db8::1", "192.0.2.1", "192.0.2.2"];
        _outside.Ways = new() { ["192.0.2.1"] = 1500, ["192.0.2.2"] = 1500 };

        Resolve("endpoint = 'vpn.example:51820'")!.Interfaces[0].Device.Peers[0].Address.Should().Be(IPEndPoint.Parse("192.0.2.1:51820"));
    }

    [Test]
    public void Where_there_is_a_way_to_none_the_resolvers_first_is_taken()
    {
        _outside.Names["vpn.example"] = ["2001:db8::1", "192.0.2.1"];

        Resolve("endpoint = 'vpn.example:51820'")!.Interfaces[0].Device.Peers[0].Address.Should().Be(IPEndPoint.Parse("[2001:db8::1]:51820"));
    }

    [Test]
    public void A_name_that_cannot_be_looked_up_is_an_error_of_up_and_a_warning_of_plan()
    {
        Resolve("endpoint = 'nonesuch:1'").Should().BeNull();
        _diagnostics.Should().ContainSingle().Which.Message.Should().Be("endpoint nonesuch:1 cannot be looked up: no such name");
        _diagnostics.Clear();

        var peer = Resolve("endpoint = 'nonesuch:1'", strict: false)!.Interfaces[0].Device.Peers[0];
        peer.Address.Should().BeNull();
        peer.Endpoint.Should().Be(new Endpoint("nonesuch", 1));
        _diagnostics.Should().ContainSingle().Which.Severity.Should().Be(Severity.Warning);
    }

    [Test]
    public void A_name_without_an_address_says_so()
    {
        _outside.Names["empty"] = [];

        Resolve("endpoint = 'empty:1'").Should().BeNull();
        _diagnostics.Should().ContainSingle().Which.Message.Should().EndWith("the name has no address");
    }

    [TestCase(1500, 1420)]
    [TestCase(9000, 8920)]
    [TestCase(1300, 1220)]
    [TestCase(600, 576)]
    [TestCase(65536, 65455)]
    public void The_MTU_is_that_of_the_way_less_WireGuards_own_bytes(int way, int mtu)
    {
        _outside.Ways = new() { ["192.0.2.1"] = way };

        Resolve("endpoint = '192.0.2.1:1'")!.Interfaces[0].Mtu.Should().Be(mtu);
    }

    [Test]
    public void With_IPv6_inside_the_MTU_is_at_least_what_IPv6_needs()
    {
        _outside.Ways = new() { ["192.0.2.1"] = 1300 };

        Resolve("endpoint = '192.0.2.1:1'", addresses: "fd00::2")!.Interfaces[0].Mtu.Should().Be(1280);
    }

    [TestCase(1300, 1220)]
    [TestCase(1400, 1320)]
    public void Where_the_MTU_is_less_than_IPv6_needs_no_network_of_it_is_routed(int way, int mtu)
    {
        _outside.Ways = new() { ["192.0.2.1"] = way };

        var item = Resolve("endpoint = '192.0.2.1:1'\nroutes = ['10.0.0.0/8', 'fd00::/8']", allowedIps: "'0.0.0.0/0', '::/0'")!.Interfaces[0];

        item.Mtu.Should().Be(mtu);
        item.Routes.Select(r => r.ToString()).Should().Equal(mtu < 1280 ? ["10.0.0.0/8"] : ["10.0.0.0/8", "fd00::/8"]);
    }

    [Test]
    public void The_narrowest_of_several_ways_decides()
    {
        _outside.Ways = new() { ["192.0.2.1"] = 1500, ["192.0.2.2"] = 1400 };

        Resolve($"endpoint = '192.0.2.1:1'\n[[peers]]\npublicKey = '{Read.KeyB}'\nallowedIPs = ['::/0']\nendpoint = '192.0.2.2:1'")!
            .Interfaces[0].Mtu.Should().Be(1320);
    }

    [TestCase("192.0.2.1 192.0.2.2", MtuKnowledge.Known)]
    [TestCase("192.0.2.1", MtuKnowledge.AtMost)]
    [TestCase("", MtuKnowledge.Guess)]
    public void How_many_ways_are_known_decides_what_the_MTU_is_worth(string known, MtuKnowledge knowledge)
    {
        _outside.Ways = known.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(a => a, _ => 1400);

        Resolve($"endpoint = '192.0.2.1:1'\n[[peers]]\npublicKey = '{Read.KeyB}'\nallowedIPs = ['::/0']\nendpoint = '192.0.2.2:1'")!
            .Interfaces[0].MtuKnowledge.Should().Be(knowledge);
    }

    [Test]
    public void Without_endpoints_there_is_nothing_more_to_know_about_the_MTU() =>
        Resolve(string.Empty)!.Interfaces[0].MtuKnowledge.Should().Be(MtuKnowledge.Known);

    [Test]
    public void Without_a_way_the_MTU_is_1420_and_a_configured_one_is_taken_as_it_is()
    {
        Resolve("endpoint = '192.0.2.1:1'")!.Interfaces[0].Mtu.Should().Be(1420);
        Resolve(string.Empty)!.Interfaces[0].Mtu.Should().Be(1420);
        _outside.Ways = new() { ["192.0.2.1"] = 1500 };
        Resolve("endpoint = '192.0.2.1:1'", top: "mtu = 1000")!.Interfaces[0].Mtu.Should().Be(1000);
    }

    [Test]
    public void The_way_is_asked_for_with_the_interfaces_mark()
    {
        Resolve("endpoint = '192.0.2.1:1'", top: "fwMark = 7");

        _outside.Marks.Should().NotBeEmpty().And.OnlyContain(m => m == 7);
    }

    [Test]
    public void Without_a_key_there_is_nothing_to_plan()
    {
        File.Delete($"{_directory}/key");

        Resolve("endpoint = '192.0.2.1:1'").Should().BeNull();
    }

    [Test]
    public void Without_a_preshared_key_there_is_nothing_to_plan_either()
    {
        Resolve($"presharedKeyFile = '{_directory}/nonesuch'").Should().BeNull();

        _diagnostics.Should().ContainSingle().Which.Message.Should().Contain("does not exist");
    }

    [Test]
    public void An_interface_that_has_itself_for_a_peer_is_an_error_at_its_key()
    {
        _outside.PublicKey = Read.KeyA;

        Resolve("endpoint = '192.0.2.1:1'").Should().BeNull();
        _diagnostics.Should().ContainSingle().Which.ToString().Should().StartWith($"/c/vpn.toml:4:18: error: vpn has its own public key {Read.KeyA} for a peer");
    }

    [Test]
    public void Files_and_rules_follow_the_configuration()
    {
        var state = Resolve(string.Empty)!;

        state.Directories.Should().Equal("/etc/netns", "/etc/netns/vpn");
        state.Files.Select(f => f.Path).Should().Equal("/etc/netns/vpn/resolv.conf", "/etc/netns/vpn/nsswitch.conf");
        state.Files[0].Content.Should().EndWith("\nnameserver 10.0.0.1\n");
        state.Files[1].Content.Should().MatchRegex("(?m)^hosts: +files dns$").And.NotContain("resolve").And.NotContain("mdns");
        state.Interfaces[0].Routes.Select(r => r.ToString()).Should().Equal("0.0.0.0/0");

        var kept = Resolve(string.Empty, top: "dnsFiles = 'keep'\nallowedIPsAsRoutes = false")!;
        kept.Files.Should().BeEmpty();
        kept.Directories.Should().BeEmpty();
        kept.Interfaces[0].Routes.Should().BeEmpty();
    }

    [Test]
    public void A_host_link_is_numbered_where_the_machine_has_no_way_to_yet_and_rules_follow()
    {
        var first = Resolve(string.Empty, top: "hostLink = {}")!.HostLink!;
        first.Name.HostIfname.Should().Be("wgh-vpn");
        first.Rules.Should().Contain(first.NamespaceAddresses.Single().Address.ToString());

        _outside.Networks.Add(first.HostAddresses.Single().Masked());
        var second = Resolve(string.Empty, top: "hostLink = {}")!.HostLink!;
        second.HostAddresses.Should().NotEqual(first.HostAddresses);
        second.Name.Should().Be(first.Name);

        _outside.Networks.Add(Wgns.Configuration.HostLinkNumbers.Range);
        Resolve(string.Empty, top: "hostLink = {}").Should().BeNull();
        _diagnostics.Should().ContainSingle().Which.Message.Should().StartWith("no /30 of 198.18.0.0/15 is free");
        _diagnostics.Clear();
        Resolve(string.Empty, top: "hostLink = { hostAddresses = '198.18.0.1/30', nsAddresses = '198.18.0.2/30' }").Should().NotBeNull();
        _diagnostics.Should().ContainSingle().Which.Message.Should().Be("this machine has a way to 198.18.0.0/30 already, beside the hostLink");
        Resolve(string.Empty)!.HostLink.Should().BeNull();
    }

    [TestCase("198.18.0.1")]
    [TestCase("198.18.0.2")]
    public void A_host_link_with_an_address_that_another_link_has_is_refused(string taken)
    {
        const string Link = "hostLink = { hostAddresses = '198.18.0.1/30', nsAddresses = '198.18.0.2/30' }";
        _outside.Links.Add(("wgh-vpn", new Cidr(IPAddress.Parse(taken), 30)));
        Resolve(string.Empty, top: Link).Should().NotBeNull("it is its own");

        _outside.Links.Add(("eth0", new Cidr(IPAddress.Parse(taken), 16)));
        Resolve(string.Empty, top: Link).Should().BeNull();
        _diagnostics.Should().ContainSingle().Which.Message.Should().Be($"{taken} of the hostLink is this machine's already, on eth0");
    }

    [Test]
    public void The_tunnels_endpoint_is_never_in_the_network_of_a_host_link()
    {
        var first = Resolve(string.Empty, top: "hostLink = {}")!.HostLink!;
        var numbered = Resolve($"endpoint = '{first.NamespaceAddresses[0].Address}:51820'", top: "hostLink = {}")!.HostLink!;
        numbered.HostAddresses.Should().NotEqual(first.HostAddresses);

        const string Link = "hostLink = { hostAddresses = '192.0.2.1/24', nsAddresses = '192.0.2.2/24' }";
        Resolve("endpoint = '192.0.2.9:51820'", top: Link).Should().BeNull();
        _diagnostics.Where(d => d.Severity == Severity.Error).Should().ContainSingle().Which.Message.Should().Be(
            "the endpoint 192.0.2.9 is in a network of the hostLink: the tunnel's own packets would go into the namespace");
        Resolve("endpoint = '192.0.3.9:51820'", top: Link).Should().NotBeNull();
    }

    [Test]
    public void What_is_resolved_holds_no_secret()
    {
        File.WriteAllText($"{_directory}/psk", Read.Secret);

        var state = Resolve($"presharedKeyFile = '{_directory}/psk'")!;

        state.Interfaces[0].Device.Peers[0].Fingerprint.Should().NotBeNull();
        string.Join('\n', state.Interfaces[0], state.Interfaces[0].Device, state.Interfaces[0].Device.Peers[0]).Should().NotContain(Read.Secret);
    }

    private DesiredState? Resolve(string peer, string top = "", string addresses = "10.0.0.2", bool strict = true, string allowedIps = "'0.0.0.0/0'")
    {
        var config = Read.Config($"""
            {top}
            dns_server = '10.0.0.1'
            ips = ['{addresses}']
            privateKeyFile = '{_directory}/key'
            [[peers]]
            publicKey = '{Read.KeyA}'
            allowedIPs = [{allowedIps}]
            {peer}
            """);
        using var keys = KeyRing.Load(config, _diagnostics);
        _diagnostics.RemoveAll(d => d.Message.Contains("every user", StringComparison.Ordinal));
        return new Resolver(_outside, RuntimePaths.System).Resolve(config, keys, null, _diagnostics, strict);
    }

    private sealed class Outside : IBirthplace
    {
        public IReadOnlyCollection<(string Ifname, Cidr Address)> Addresses => Links;

        internal List<(string Ifname, Cidr Address)> Links { get; } = [];

        public IReadOnlyCollection<Cidr> NetworksBut(IReadOnlyCollection<string> ifnames) => Networks;

        internal List<Cidr> Networks { get; } = [];

        internal Dictionary<string, string[]> Names { get; } = [];

        internal Dictionary<string, int> Ways { get; set; } = [];

        internal List<uint> Marks { get; } = [];

        internal string? PublicKey { get; set; }

        public bool HasKernelWireGuard => true;

        public int? MtuTowards(IPAddress address, uint mark)
        {
            Marks.Add(mark);
            return Ways.TryGetValue(address.ToString(), out var mtu) ? mtu : null;
        }

        public IReadOnlyList<IPAddress> LookUp(string host, out string? problem)
        {
            var known = Names.TryGetValue(host, out var addresses);
            problem = known ? null : "no such name";
            return known ? [.. addresses!.Select(IPAddress.Parse)] : [];
        }

        public WireGuardKey PublicKeyOf(SecretKey key) =>
            PublicKey is not null && WireGuardKey.TryParse(PublicKey, out var parsed) ? parsed : World.Key("own");
    }
}
