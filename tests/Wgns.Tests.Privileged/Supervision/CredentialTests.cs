namespace Wgns.Tests.Privileged.Supervision;

/// <summary>Keys that the unit has from LoadCredential=.</summary>
public sealed class CredentialTests
{
    [Test]
    public void A_key_is_taken_from_the_units_credentials_and_without_them_the_command_says_so()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        File.WriteAllText(lab.Config, File.ReadAllText(lab.Config).Replace("\"private.key\"", "\"credential:private.key\"", StringComparison.Ordinal));
        var none = Cli.Run("up", lab.Config);
        none.Exit.Should().Be(2);
        none.Errors.Should().Contain($"only wgns@{lab.Name}.service has").And.Contain("LoadCredential=private.key:");
        Cli.Run("check", "--no-secrets", lab.Config).Exit.Should().Be(0);

        // The directory is that of the keys: what the manager would have put there.
        var supervised = new Supervised(lab, new Dictionary<string, string?> { ["CREDENTIALS_DIRECTORY"] = lab.Directory }).ShouldBeReady();
        Machine.Wg(lab.Name)[0][1].Should().Be(lab.PublicKey);
        var from = supervised.Told.Length;
        supervised.Process.Signal("HUP");
        supervised.Hear("READY=1", from);
        supervised.Stop().Errors.Should().Contain("credentials load when the unit starts");
    }
}
