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

    [Test]
    public void Nothing_that_the_user_starts_can_get_a_capability()
    {
        using var lab = new Lab();
        lab.Up();

        var status = Cli.Do("exec", lab.Name, "--user", "nobody", "--", "cat", "/proc/self/status");

        foreach (var set in (string[])["CapInh", "CapPrm", "CapEff", "CapAmb"])
        {
            status.Should().MatchRegex($"(?m)^{set}:\t0+$");
        }

        status.Should().MatchRegex("(?m)^NoNewPrivs:\t1$");
    }

    [Test]
    public void A_group_and_a_directory_can_be_given()
    {
        using var lab = new Lab();
        lab.Up();

        Cli.Do("exec", lab.Name, "--user", "nobody", "--group", "daemon", "--workdir", "/usr/share", "--", "sh", "-c", "id -gn; pwd")
            .Should().Be("daemon\n/usr/share\n");
        Cli.RunIn("/run", "exec", lab.Name, "-C", "/", "--", "pwd").Output.Should().Be("/\n");
        var alone = Cli.Run("exec", lab.Name, "--group", "daemon", "--", "true");
        alone.Exit.Should().Be(2);
        alone.Errors.Should().Contain("--group takes --user");
    }

    [Test]
    public void A_directory_that_the_user_may_not_enter_is_refused_and_one_of_the_users_alone_is_entered()
    {
        using var lab = new Lab();
        lab.Up();
        var closed = Directory.CreateTempSubdirectory("wgns-closed-").FullName;
        try
        {
            var refused = Cli.Run("exec", lab.Name, "--user", "nobody", "--workdir", closed, "--", "pwd");
            refused.Exit.Should().Be(1);
            refused.Output.Should().BeEmpty();
            refused.Errors.Should().Contain($"start in {closed}: Permission denied");
            Cli.Do("exec", lab.Name, "--workdir", closed, "--", "pwd").Should().Be($"{closed}\n");

            Tool.Run("chown", "nobody", closed);
            Cli.Do("exec", lab.Name, "--user", "nobody", "--workdir", closed, "--", "pwd").Should().Be($"{closed}\n");
        }
        finally
        {
            Directory.Delete(closed, recursive: true);
        }
    }

    [Test]
    public void A_user_may_ping_through_the_tunnel()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");

        // ping(8) without the file capability that its package gives it: a socket of its own kind (icmp(7)).
        var ping = Cli.Run("exec", lab.Name, "--user", "nobody", "--", "python3", "-c", $"""
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
            s.settimeout(10)
            s.sendto(bytes([8, 0, 0, 0, 0, 0, 0, 1]), ("{Provider.Address}", 0))
            print(s.recv(100)[0])
            """);

        ping.Words.Should().Be("0\n", "an echo reply has type 0");
    }

    /// <summary>As Debian has it: with the file capability cap_net_raw, which a user inside does not get.</summary>
    [Test]
    public void A_user_may_run_ping_though_its_file_has_a_capability()
    {
        using var lab = new Lab();
        lab.Up();
        var ping = Path.Combine(lab.Directory, "ping");
        File.Copy(Tool.Run("sh", "-c", "command -v ping").Trim(), ping);
        File.SetUnixFileMode(ping, (UnixFileMode)0x1ED);
        File.SetUnixFileMode(lab.Directory, (UnixFileMode)0x1ED);
        Tool.Run("setcap", "cap_net_raw=ep", ping);

        Cli.Run("exec", lab.Name, "--user", "nobody", "--", ping, "-n", "-c", "1", "-W", "5", "127.0.0.1").Words.Should().Contain("1 received");
    }
}
