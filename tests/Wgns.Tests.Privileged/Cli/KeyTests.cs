namespace Wgns.Tests.Privileged.Commands;

/// <summary>Keys, against wg(8).</summary>
[Category("UserNamespace")]
public sealed class KeyTests
{
    [Test]
    public void A_generated_key_is_one_whose_public_key_wg_derives_alike()
    {
        var key = Cli.Do("genkey");
        key.Should().HaveLength(45).And.EndWith("=\n");
        Cli.Do("genkey").Should().NotBe(key);
        Public(Cli.Binary, key).Should().Be(Public("wg", key));
        var bytes = Convert.FromBase64String(key.Trim());
        (bytes[0] & 7).Should().Be(0, "a private key is clamped, as wg genkey does");
        (bytes[31] & 0xC0).Should().Be(0x40);
    }

    [Test]
    public void The_public_key_of_every_key_of_wgs_is_the_one_that_wg_says()
    {
        for (var i = 0; i < 5; i++)
        {
            var key = Tool.Run("wg", "genkey");
            Public(Cli.Binary, key).Should().Be(Public("wg", key));
        }
    }

    [Test]
    public void A_generated_preshared_key_is_32_bytes_of_base64()
    {
        Convert.FromBase64String(Cli.Do("genpsk").Trim()).Should().HaveCount(32);
        Cli.Do("genpsk").Should().NotBe(Cli.Do("genpsk"));
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("not a key\n")]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n")]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n")]
    public void Pubkey_refuses_what_is_no_key_and_does_not_repeat_it(string text)
    {
        using var run = Cli.Start("pubkey");
        var answer = run.End(text);
        answer.Exit.Should().Be(1);
        answer.Output.Should().BeEmpty();
        answer.Errors.Should().Contain("no WireGuard key");
        if (text.Trim().Length > 0)
        {
            answer.Errors.Should().NotContain(text.Trim());
        }
    }

    [Test]
    public void A_key_written_where_others_can_read_it_is_warned_of()
    {
        using var lab = new Lab();
        var file = Path.Combine(lab.Directory, "loose");
        using var loose = new Running("sh", ["-c", $"umask 022; exec \"$0\" genkey > {file}", Cli.Binary]);
        loose.End().Errors.Should().Contain("can be read by others");
        using var tight = new Running("sh", ["-c", $"umask 077; exec \"$0\" genkey > {file}.tight", Cli.Binary]);
        tight.End().Errors.Should().BeEmpty();
    }

    private static string Public(string program, string key)
    {
        using var run = new Running(program, ["pubkey"]);
        return run.End(key).Output.Trim();
    }
}
