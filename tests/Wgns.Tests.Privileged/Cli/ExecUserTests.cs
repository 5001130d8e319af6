namespace Wgns.Tests.Privileged.Commands;

/// <summary>`wgns exec --user`. Other users are needed, so this is for real root.</summary>
public sealed class ExecUserTests
{
    [Test]
    public void Another_user_gets_that_users_ids_and_groups_and_no_capability()
    {
        using var lab = new Lab();
        lab.Up();
        Cli.Do("exec", lab.Name, "--user", "nobody", "--", "sh", "-c", "id -u; id -g; id -G").Should().Be(Tool.Run("sh", "-c", "id -u nobody; id -g nobody; id -G nobody"));
        var status = Cli.Do("exec", lab.Name, "--user", "nobody", "--", "cat", "/proc/self/status");
        status.Should().MatchRegex("(?m)^CapEff:\t0+$").And.MatchRegex("(?m)^CapPrm:\t0+$").And.MatchRegex("(?m)^NoNewPrivs:\t1$");
        var unknown = Cli.Run("exec", lab.Name, "--user", "nobody-has-this-name", "--", "true");
        unknown.Exit.Should().Be(2);
        unknown.Errors.Should().Contain("nobody-has-this-name");
    }
}
