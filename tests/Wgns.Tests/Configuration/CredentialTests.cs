using Wgns.Configuration;
using Wgns.Diagnostics;

namespace Wgns.Tests.Configuration;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CredentialTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wgns-cred-").FullName;
    private readonly List<Diagnostic> _diagnostics = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void Keys_can_be_credentials()
    {
        var config = Read.Config(Read.WithPeer($"publicKey = '{Read.KeyA}'\nallowedIPs = ['0.0.0.0/0']\npresharedKeyFile = 'credential:vpn.psk'")
            .Replace("private.key", "credential:vpn-key", StringComparison.Ordinal));
        config.Interfaces[0].PrivateKey.Should().Be(new KeySource.Credential("vpn-key"));
        config.Interfaces[0].Peers[0].PresharedKey.Should().Be(new KeySource.Credential("vpn.psk"));
        CredentialDirectory.NoteFor(config).Should().Contain("systemctl restart wgns@vpn.service");
        CredentialDirectory.NoteFor(Read.Config(Read.Around(string.Empty))).Should().BeNull();
    }

    [TestCase("/run/credentials/wgns@vpn.service", null, true, "/run/credentials/wgns@vpn.service")]
    [TestCase("/run/credentials/wgns@vpn.service", "17", true, "/run/credentials/wgns@vpn.service")]
    [TestCase("/run/credentials/wgns@vpn.service", "17", false, "/proc/17/root/run/credentials/wgns@vpn.service")]
    [TestCase(null, "17", false, "/proc/17/root/run/credentials/wgns@vpn.service")]
    [TestCase("", null, false, null)]
    [TestCase(null, "0", false, null)]
    [TestCase(null, "../1", false, null)]
    [TestCase("credentials", null, false, null)]
    [TestCase("credentials", "17", false, "/proc/17/root/run/credentials/wgns@vpn.service")]
    [TestCase("/run/credentials/../../tmp", null, true, null)]
    public void A_reload_from_which_systemd_hides_the_credentials_takes_the_main_processs(string? own, string? main, bool isThere, string? found) =>
        CredentialDirectory.Of("vpn", v => v == "MAINPID" ? main : own, _ => isThere).Own.Should().Be(found);

    [TestCase("", "has no name")]
    [TestCase(".", "has a directory's name")]
    [TestCase("..", "has a directory's name")]
    [TestCase("a/b", "has a '/' in its name")]
    [TestCase("a:b", "has a ':' in its name, which LoadCredential= takes for its end")]
    [TestCase("schlüssel", "has a character in its name that is not printable ASCII")]
    public void A_name_that_systemd_refuses_is_an_error(string name, string problem) =>
        Read.Said(Read.Around(string.Empty).Replace("private.key", "credential:" + name, StringComparison.Ordinal))
            .Should().ContainSingle().Which.Should().EndWith($"error: privateKeyFile names a credential that {problem}");

    [Test]
    public void A_name_has_255_characters_at_most()
    {
        CredentialName.Problem(new string('k', 255)).Should().BeNull();
        CredentialName.Problem(new string('k', 256)).Should().Be("has a name of more than 255 characters");
    }

    [Test]
    public void The_units_own_directory_is_taken_and_where_it_lacks_the_key_the_cure_is_told()
    {
        File.WriteAllText($"{_directory}/key", Read.Secret);
        var places = new CredentialDirectory(_directory, "wgns@vpn.service", "/nonexistent");
        places.Find(new KeySource.Credential("key"), "privateKeyFile", _diagnostics)!.Path.Should().Be($"{_directory}/key");
        places.Find(new KeySource.Credential("other"), "privateKeyFile", _diagnostics).Should().BeNull();
        _diagnostics.Should().ContainSingle().Which.Hint.Should().Contain("LoadCredential=other:").And.Contain("systemctl edit wgns@vpn.service");
    }

    [Test]
    public void Credentials_are_kept_as_they_were_while_a_key_file_is_taken_anew()
    {
        const string Other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=";
        var places = new CredentialDirectory(_directory, "wgns@vpn.service", "/nonexistent");
        var config = Read.Around("presharedKeyFile = \"credential:shared\"").Replace("private.key", "credential:key", StringComparison.Ordinal);
        var read = ConfigurationReader.Read(System.Text.Encoding.UTF8.GetBytes(config), "/c/vpn.toml").Config;
        File.WriteAllText($"{_directory}/key", Read.Secret);
        File.WriteAllText($"{_directory}/shared", Read.Secret);
        using var earlier = KeyRing.Load(read, _diagnostics, places);
        File.WriteAllText($"{_directory}/key", Other);
        using var later = KeyRing.Load(read, _diagnostics, places);
        var key = new KeySource.Credential("key");
        later[key].Fingerprint().Should().NotBe(earlier[key].Fingerprint());

        later.KeepCredentials(earlier);

        later[key].Fingerprint().Should().Be(earlier[key].Fingerprint());
        earlier[key].IsZero.Should().BeFalse("each ring wipes its own");
    }

    [Test]
    public void From_outside_the_running_units_directory_is_taken_and_where_it_does_not_run_that_is_said()
    {
        File.WriteAllText($"{_directory}/key", Read.Secret);
        new CredentialDirectory(null, "wgns@vpn.service", _directory).Find(new KeySource.Credential("key"), "privateKeyFile", _diagnostics)
            .Should().Be(new KeySource.File($"{_directory}/key"));
        new CredentialDirectory(null, "wgns@vpn.service", "/nonexistent").Find(new KeySource.Credential("key"), "privateKeyFile", _diagnostics).Should().BeNull();
        _diagnostics.Should().ContainSingle().Which.Message.Should().Contain("only wgns@vpn.service has");
    }

    [Test]
    public void Credentials_of_a_login_or_of_another_unit_do_not_hide_those_of_the_namespaces_unit()
    {
        var ofUnit = Directory.CreateDirectory($"{_directory}/wgns@vpn.service").FullName;
        var getty = Directory.CreateDirectory($"{_directory}/getty@tty1.service").FullName;
        File.WriteAllText($"{ofUnit}/key", Read.Secret);
        var places = new CredentialDirectory(getty, "wgns@vpn.service", ofUnit);
        places.Find(new KeySource.Credential("key"), "privateKeyFile", _diagnostics).Should().Be(new KeySource.File($"{ofUnit}/key"));
        _diagnostics.Should().BeEmpty();

        places.Find(new KeySource.Credential("other"), "privateKeyFile", _diagnostics).Should().BeNull();
        _diagnostics.Should().ContainSingle().Which.Message.Should().Contain("neither getty@tty1.service, whose credentials this command has").And.Contain("nor wgns@vpn.service has");
    }

    [Test]
    public void A_changed_key_takes_a_restart_of_the_unit_that_has_it_whatever_its_name()
    {
        var config = Read.Config(Read.Around(string.Empty).Replace("private.key", "credential:key", StringComparison.Ordinal));
        var mine = Directory.CreateDirectory($"{_directory}/my-vpn.service").FullName;
        var places = new CredentialDirectory(mine, "wgns@vpn.service", "/nonexistent");
        CredentialDirectory.NoteFor(config, places).Should().Contain("`systemctl restart wgns@vpn.service`");
        File.WriteAllText($"{mine}/key", Read.Secret);
        CredentialDirectory.NoteFor(config, places).Should().Contain("`systemctl restart my-vpn.service`");
        CredentialDirectory.NoteFor(config, places with { Own = null }).Should().Contain("`systemctl restart wgns@vpn.service`");
    }

    [Test]
    public void From_outside_a_unit_of_another_name_is_reached_by_its_directory_and_the_hint_says_so()
    {
        new CredentialDirectory(null, "wgns@vpn.service", "/nonexistent").Find(new KeySource.Credential("key"), "privateKeyFile", _diagnostics).Should().BeNull();
        _diagnostics.Should().ContainSingle().Which.Hint.Should().Contain("CREDENTIALS_DIRECTORY=/run/credentials/UNIT").And.Contain("--no-secrets");
    }

    [Test]
    public void Ready_and_its_timeout_are_read_and_checked()
    {
        var config = Read.Config(Read.Around("ready = 'all'\nreadyTimeout = 5\nreadyRequired = true"));
        (config.Ready, config.ReadyTimeout, config.ReadyRequired).Should().Be((ReadyWhen.All, 5, true));
        config = Read.Config(Read.Around(string.Empty));
        (config.Ready, config.ReadyTimeout, config.ReadyRequired).Should().Be((ReadyWhen.Handshake, 60, false));
        Read.Said(Read.Around("readyTimeout = 86401")).Should().Equal("1:16: error: readyTimeout is 86401; it must be 1-86400 seconds");
    }
}
