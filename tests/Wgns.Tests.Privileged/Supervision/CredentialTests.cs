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

    [Test]
    public void A_reload_of_the_unit_leaves_the_key_of_its_start_in_force_whatever_has_become_of_the_credential()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        File.WriteAllText(lab.Config, File.ReadAllText(lab.Config).Replace("\"private.key\"", "\"credential:private.key\"", StringComparison.Ordinal));
        var environment = new Dictionary<string, string?> { ["CREDENTIALS_DIRECTORY"] = lab.Directory };
        var supervised = new Supervised(lab, environment).ShouldBeReady();
        lab.NewKey("private.key");
        environment["MAINPID"] = supervised.Process.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using (var reload = new Running(Cli.Binary, ["reload", lab.Config], environment: environment))
        {
            var answer = reload.End();
            answer.Exit.Should().Be(0, answer.Words);
            answer.Errors.Should().Contain("credentials load when the unit starts");
            answer.Output.Should().Contain("nothing to do");
        }

        Machine.Wg(lab.Name)[0][1].Should().Be(lab.PublicKey);
        var from = supervised.Told.Length;
        supervised.Process.Signal("HUP");
        supervised.Hear("READY=1", from);
        Machine.Wg(lab.Name)[0][1].Should().Be(lab.PublicKey);
        supervised.Stop().Exit.Should().Be(0);
    }
}
