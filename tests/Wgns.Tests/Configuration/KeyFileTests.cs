using System.Text;
using Wgns.Configuration;
using Wgns.Diagnostics;

namespace Wgns.Tests.Configuration;

public sealed class KeyFileTests
{
    private string _directory = string.Empty;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("wgns-keys-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("\r\n")]
    [TestCase("  \n")]
    [TestCase("\n# a comment\n")]
    public void A_key_stands_in_the_first_line_whatever_ends_it(string end)
    {
        var diagnostics = new List<Diagnostic>();
        using var key = KeyFile.Read(Write(Read.Secret + end), "privateKeyFile", diagnostics);

        diagnostics.Should().BeEmpty();
        key!.Span.ToArray().Should().Equal(Convert.FromBase64String(Read.Secret));
        key.ToString().Should().NotContain(Read.Secret);
    }

    [TestCase("", "it is empty: `(umask 077; wgns genkey > FILE)` makes a key")]
    [TestCase("hello", "its first line must be 44 characters of base64 that end in '='")]
    [TestCase("\n" + Read.Secret, "its first line must be 44 characters of base64 that end in '='")]
    [TestCase(Read.Secret + "x", "its first line must be 44 characters of base64 that end in '='")]
    [TestCase("yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBml=", "its first line must be 44 characters of base64 that end in '='")]
    public void A_file_without_a_key_is_an_error_that_does_not_show_what_is_in_it(string content, string hint)
    {
        var diagnostic = Failing(Write(content));

        diagnostic.Message.Should().Be($"privateKeyFile {_directory}/key holds no WireGuard key");
        diagnostic.Hint.Should().Be(hint);
        diagnostic.ToString().Should().NotContain("yAnz5TF");
    }

    /// <summary>As editors and shells of Windows write it: it looks like a key.</summary>
    [TestCase("utf-8", "it begins with a byte order mark, which is no part of a key: save it without one")]
    [TestCase("utf-16", "it is in UTF-16: save it as UTF-8, without a byte order mark")]
    [TestCase("utf-16BE", "it is in UTF-16: save it as UTF-8, without a byte order mark")]
    public void A_key_in_an_encoding_that_is_not_plain_is_told_so(string encoding, string hint)
    {
        var source = Write(string.Empty);
        File.WriteAllText(source.Path, Read.Secret + "\n", Encoding.GetEncoding(encoding));

        var diagnostic = Failing(source);

        diagnostic.Message.Should().Be($"privateKeyFile {source.Path} holds no WireGuard key");
        diagnostic.Hint.Should().Be(hint);
    }

    [Test]
    public void A_pipe_is_refused_by_who_reads_again_and_again_and_is_not_waited_for()
    {
        var pipe = $"{_directory}/pipe";
        System.Diagnostics.Process.Start("mkfifo", [pipe]).WaitForExit();
        var diagnostics = new List<Diagnostic>();
        KeyFile.Read(new KeySource.File(pipe), "privateKeyFile", diagnostics, FileReading.Repeatedly).Should().BeNull();
        diagnostics.Should().ContainSingle().Which.Message.Should().Be($"privateKeyFile {pipe} is a pipe, which cannot be read again");
    }

    [TestCase("/dev/stdin")]
    [TestCase("/dev/fd/7")]
    [TestCase("/dev/../dev//fd/7")]
    [TestCase("/proc/self/fd/7")]
    [TestCase("/proc/thread-self/fd/7")]
    [TestCase("LINK")]
    public void A_descriptor_of_a_process_is_refused_by_who_reads_in_anothers_place(string path)
    {
        File.CreateSymbolicLink($"{_directory}/link", "stdin");
        File.CreateSymbolicLink($"{_directory}/stdin", "/dev/stdin");
        path = path.Replace("LINK", $"{_directory}/link", StringComparison.Ordinal);
        var diagnostics = new List<Diagnostic>();

        KeyFile.Read(new KeySource.File(path), "privateKeyFile", diagnostics, FileReading.ForAnother).Should().BeNull();

        diagnostics.Should().ContainSingle().Which.Should().Match<Diagnostic>(d =>
            d.Message == $"privateKeyFile {path} is a descriptor of this process, which who keeps the namespace has not" && d.Hint == "put the key into a file");
    }

    [Test]
    public void A_key_behind_links_that_lead_to_a_file_is_read_by_who_reads_in_anothers_place()
    {
        File.CreateSymbolicLink($"{_directory}/link", Path.GetFileName(Write(Read.Secret).Path));
        var diagnostics = new List<Diagnostic>();
        using var key = KeyFile.Read(new KeySource.File($"{_directory}/link"), "privateKeyFile", diagnostics, FileReading.ForAnother);
        diagnostics.Should().BeEmpty();
        key.Should().NotBeNull();
    }

    [Test]
    public void A_long_file_is_no_key()
    {
        Failing(Write(Read.Secret + "\n" + new string('x', 100_000))).Message.Should().EndWith("holds no WireGuard key");
    }

    [Test]
    public void Zeros_are_how_WireGuard_says_that_there_is_no_key() =>
        Failing(Write(Convert.ToBase64String(new byte[32]))).Message.Should().Contain("holds zeros only");

    [Test]
    public void A_missing_file_is_an_error_that_says_how_to_make_one()
    {
        Failing(new KeySource.File($"{_directory}/nonesuch")).Hint.Should().Contain("wgns genkey > FILE");
        Failing(new KeySource.File($"{_directory}/no/such")).Message.Should().EndWith("does not exist");
        Failing(new KeySource.File($"{_directory}/{new string('x', 300)}")).Severity.Should().Be(Severity.Error);
    }

    [Test]
    public void A_directory_is_said_to_be_one() =>
        Failing(new KeySource.File(_directory)).Message.Should().Be($"privateKeyFile {_directory} is a directory");

    [Test]
    public void A_file_that_may_not_be_read_says_so() =>
        // A sysctl that takes writes only: not even root may read it.
        Failing(new KeySource.File("/proc/sys/vm/compact_memory")).Message.Should().EndWith("cannot be read: permission denied");

    [TestCase(UnixFileMode.OtherRead)]
    [TestCase(UnixFileMode.OtherWrite)]
    public void A_file_that_everybody_may_read_or_write_is_warned_of(UnixFileMode others)
    {
        var source = Write(Read.Secret);
        File.SetUnixFileMode(source.Path, UnixFileMode.UserRead | others);
        var diagnostics = new List<Diagnostic>();
        using var key = KeyFile.Read(source, "privateKeyFile", diagnostics);

        key.Should().NotBeNull();
        diagnostics.Should().ContainSingle().Which.Severity.Should().Be(Severity.Warning);
        diagnostics[0].Message.Should().Be($"privateKeyFile {source.Path} can be read or changed by every user of this machine");
        diagnostics[0].Hint.Should().Be($"chmod 600 {source.Path}");
    }

    [Test]
    public void A_ring_has_every_key_of_a_configuration_and_says_what_it_could_not_have()
    {
        Write(Read.Secret);
        var toml = $"""
            dns_server = '10.0.0.1'
            ips = ['10.0.0.2']
            privateKeyFile = '{_directory}/key'
            [[peers]]
            publicKey = '{Read.KeyA}'
            allowedIPs = ['0.0.0.0/0']
            presharedKeyFile = '{_directory}/nonesuch'
            [[peers]]
            publicKey = '{Read.KeyB}'
            allowedIPs = ['::/0']
            presharedKey = '{Read.Secret}'
            """;
        var config = Read.Config(toml);
        var diagnostics = new List<Diagnostic>();
        using var ring = KeyRing.Load(config, diagnostics);

        diagnostics.Should().ContainSingle().Which.ToString().Should()
            .StartWith($"/c/vpn.toml:7:20: error: presharedKeyFile {_directory}/nonesuch does not exist");
        ring.Find(config.Interfaces[0].PrivateKey).Should().NotBeNull();
        ring.Find(config.Interfaces[0].Peers[0].PresharedKey!).Should().BeNull();
        ring[config.Interfaces[0].Peers[1].PresharedKey!].Span.ToArray().Should().Equal(Convert.FromBase64String(Read.Secret));
        FluentActions.Invoking(() => ring[new KeySource.File("/other")]).Should().Throw<InvalidOperationException>();
        config.ToString().Should().NotContain(Read.Secret);
    }

    [Test]
    public void A_disposed_ring_has_wiped_its_keys()
    {
        var source = Write(Read.Secret);
        var config = Read.Config($"dns_server = '10.0.0.1'\nips = ['10.0.0.2']\nprivateKeyFile = '{source.Path}'");
        var ring = KeyRing.Load(config, []);
        var key = ring[source];
        ring.Dispose();

        key.IsZero.Should().BeTrue();
        ring.Find(source).Should().BeNull();
    }

    private static Diagnostic Failing(KeySource.File source)
    {
        var diagnostics = new List<Diagnostic>();
        KeyFile.Read(source, "privateKeyFile", diagnostics).Should().BeNull();
        return diagnostics.Should().ContainSingle().Which;
    }

    private KeySource.File Write(string content)
    {
        var path = $"{_directory}/key";
        File.WriteAllText(path, content, new UTF8Encoding(false));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new KeySource.File(path);
    }
}
