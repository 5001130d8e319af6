using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Lifecycle;
using Wgns.Linux.WireGuard;
using Wgns.Tests.Configuration;

namespace Wgns.Tests.Lifecycle;

public sealed class ConfigLoaderTests
{
    private string _directory = string.Empty;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("wgns-loader-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_pipe_in_the_configurations_place_is_said_and_not_waited_for_by_who_reads_again_and_again()
    {
        var path = $"{_directory}/vpn.toml";
        System.Diagnostics.Process.Start("mkfifo", [path]).WaitForExit();
        using var loaded = new ConfigLoader(_ => new RulesVerdict([], null)) { Reading = FileReading.Repeatedly }.Load(path);
        loaded.Diagnostics.Should().ContainSingle().Which.Message.Should().Be("this is a pipe, which cannot be read again");
        loaded.Diagnostics[0].Hint.Should().Be("put the configuration into a file");
    }

    [Test]
    public void A_descriptor_in_the_configurations_place_is_said_and_not_read_by_who_reads_in_anothers()
    {
        using var loaded = new ConfigLoader(_ => new RulesVerdict([], null)) { Reading = FileReading.ForAnother }.Load("/dev/stdin");
        loaded.Diagnostics.Should().ContainSingle().Which.Should().Match<Wgns.Diagnostics.Diagnostic>(d =>
            d.Message == "this is a descriptor of this process, which who keeps the namespace has not" && d.Hint == "put the configuration into a file");
    }

    [Test]
    public void Who_says_everything_that_is_wrong_says_that_an_interface_is_its_own_peer()
    {
        File.WriteAllText($"{_directory}/private.key", $"{Read.Secret}\n");
        File.SetUnixFileMode($"{_directory}/private.key", UnixFileMode.UserRead);
        File.WriteAllText($"{_directory}/vpn.toml", Read.Around(string.Empty));
        WireGuardKey.TryParse(Read.KeyA, out var own).Should().BeTrue();

        using var loaded = new ConfigLoader(_ => new RulesVerdict([], null)) { PublicKeyOf = _ => own! }.Load($"{_directory}/vpn.toml");
        loaded.Diagnostics.Should().ContainSingle().Which.ToString().Should().StartWith($"{_directory}/vpn.toml:4:18: error: vpn has its own public key {Read.KeyA} for a peer");

        using var without = new ConfigLoader(_ => new RulesVerdict([], null)) { PublicKeyOf = _ => own! }.Load($"{_directory}/vpn.toml", withSecrets: false);
        without.Diagnostics.Should().BeEmpty();
    }

    [Test]
    public void An_interfaces_own_private_key_in_a_peers_place_is_said_without_being_shown()
    {
        File.WriteAllText($"{_directory}/private.key", $"{Read.Secret}\n");
        File.SetUnixFileMode($"{_directory}/private.key", UnixFileMode.UserRead);
        File.WriteAllText($"{_directory}/vpn.toml", Read.Around(string.Empty).Replace(Read.KeyA, Read.Secret, StringComparison.Ordinal));

        using var loaded = new ConfigLoader(_ => new RulesVerdict([], null)).Load($"{_directory}/vpn.toml");
        loaded.Diagnostics.Should().ContainSingle().Which.ToString()
            .Should().StartWith($"{_directory}/vpn.toml:4:18: error: vpn has its own private key for a peer's publicKey").And.NotContain(Read.Secret[..20]);
    }

    [TestCase("extraFirewallRules = 'include \"/KEY\"'", "nft: File not found: /KEY")]
    [TestCase("managed = false\nextraFirewallRules = 'add rule ip KEY'", "fine")]
    public void What_nft_says_and_what_is_said_of_its_words_holds_no_key(string lines, string words)
    {
        File.WriteAllText($"{_directory}/vpn.toml", Read.Around(lines.Replace("KEY", Read.Secret, StringComparison.Ordinal)));
        var error = new Wgns.Linux.Nftables.NftError(null, 0, 0, 0, words.Replace("KEY", Read.Secret, StringComparison.Ordinal), null);

        using var loaded = new ConfigLoader(_ => new RulesVerdict([error], null)).Load($"{_directory}/vpn.toml", withSecrets: false);
        loaded.Diagnostics.Should().NotBeEmpty();
        string.Join('\n', loaded.Diagnostics).Should().NotContain(Read.Secret[..20]);
    }

    [Test]
    public void A_providers_file_under_a_name_of_ours_is_told_what_it_is_and_nothing_else()
    {
        File.WriteAllText($"{_directory}/vpn.toml", $"[Interface]\nPrivateKey = {Read.Secret}\nAddress = 10.0.0.2/32\n\n[Peer]\nPublicKey = {Read.KeyA}\n");

        using var loaded = new ConfigLoader(_ => new RulesVerdict([], null)).Load($"{_directory}/vpn.toml");
        loaded.Diagnostics.Should().ContainSingle().Which.Message.Should().Be("this is a file of wg-quick, and no TOML");
    }

    [TestCase(".")]
    [TestCase("..")]
    public void A_directory_is_told_to_be_one_however_it_is_named(string argument)
    {
        using var loaded = new ConfigLoader(_ => new RulesVerdict([], null)).Load(ConfigLocator.PathOf(argument));
        loaded.Diagnostics.Should().ContainSingle().Which.Should().Match<Wgns.Diagnostics.Diagnostic>(
            d => d.Message == "this is a directory" && d.Hint == "name the file in it that describes a namespace");
    }
}
