namespace Wgns.Tests.Privileged.Commands;

/// <summary>`wgns import`, and commands that take foreign files as they are.</summary>
[Category("UserNamespace")]
public sealed class ImportTests
{
    private static string Conf(Lab lab) => $"""
        [Interface]
        PrivateKey = {lab.Key}
        Address = 10.99.0.2/32
        DNS = 10.99.0.1
        SaveConfig = true
        PostUp = touch {lab.Directory}/ran-%i

        [Peer]
        PublicKey = {lab.PeerKey}
        AllowedIPs = 0.0.0.0/0
        Endpoint = 198.51.100.1:51820

        """;

    private static string Write(Lab lab)
    {
        var file = Path.Combine(lab.Directory, "provider.conf");
        File.WriteAllText(file, Conf(lab));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    [Test]
    public void What_it_writes_comes_up_and_its_keys_are_readable_by_their_owner_alone()
    {
        using var lab = new Lab();
        var (file, output) = (Write(lab), Path.Combine(lab.Directory, "out.toml"));

        var said = Cli.Do("import", "wg-quick", file, "-o", output, "--name", lab.Name);

        said.Should().Contain($"{file}:5:1: SaveConfig = true: left out").And.Contain("PostUp `touch").And.NotContain(lab.Key);
        File.ReadAllText(output).Should().NotContain(lab.Key);
        File.GetUnixFileMode(Path.Combine(lab.Directory, "out.key")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        lab.Remembering(() => Cli.Do("up", output));
        Cli.Do("up", output).Should().Contain("nothing to do");
        Tool.Run("ip", "netns", "exec", lab.Name, "wg", "show", "provider", "public-key").Trim().Should().Be(lab.PublicKey);
        File.Exists(Path.Combine(lab.Directory, "ran-provider")).Should().BeFalse();
    }

    [Test]
    public void Its_hooks_run_where_the_user_says()
    {
        using var lab = new Lab();
        var output = Path.Combine(lab.Directory, "out.toml");
        Cli.Do("import", Write(lab), "-o", output, "--name", lab.Name, "--hooks=namespace");

        lab.Remembering(() => Cli.Do("up", output));

        File.Exists(Path.Combine(lab.Directory, "ran-provider")).Should().BeTrue();
    }

    [Test]
    public void Files_that_are_there_are_left_as_they_are()
    {
        using var lab = new Lab();
        var (file, output) = (Write(lab), Path.Combine(lab.Directory, "out.toml"));
        Cli.Do("import", file, "-o", output);
        var before = File.ReadAllText(output);
        File.AppendAllText(file, "# changed\n");

        var answer = Cli.Run("import", file, "-o", output);

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("out.key is there already").And.Contain("out.toml is there already");
        File.ReadAllText(output).Should().Be(before);
    }

    [Test]
    public void Errors_have_their_place_and_nothing_is_written()
    {
        using var lab = new Lab();
        var file = Write(lab);
        File.AppendAllText(file, "Endpoint = nowhere\n");

        var answer = Cli.Run("import", file, "-o", Path.Combine(lab.Directory, "out.toml"));

        answer.Exit.Should().Be(2);
        answer.Errors.Should().Contain($"{file}:12:12: error: endpoint \"nowhere\" has no port").And.NotContain(lab.Key);
        File.Exists(Path.Combine(lab.Directory, "out.key")).Should().BeFalse();
        Cli.Run("import", "wg-quik", file).Errors.Should().Contain("did you mean wg-quick?");
        Cli.Run("import", lab.Config).Errors.Should().Contain("looks like none of");
    }

    [Test]
    public void Up_check_plan_and_down_take_a_foreign_file_as_it_is_and_run_nothing_of_it()
    {
        using var lab = new Lab();
        var file = Path.Combine(lab.Directory, lab.Name + ".conf");
        File.Move(Write(lab), file);

        Cli.Do("check", file).Should().Contain($"namespace {lab.Name}");
        var plan = Cli.Run("plan", file);
        plan.Words.Should().NotContain(lab.Key);
        plan.Output.Should().Contain("private-key /root/wgns-private-key-");
        var up = lab.Remembering(() => Cli.Run("up", file));
        up.Exit.Should().Be(0, up.Words);
        up.Errors.Should().Contain("warning: SaveConfig = true: left out").And.NotContain(lab.Key);
        Cli.Do("up", file).Should().Contain("nothing to do");
        Cli.Do("status", lab.Name).Should().Contain("up");
        File.ReadAllText(lab.State).Should().NotContain(lab.Key);
        File.Exists(Path.Combine(lab.Directory, $"ran-{lab.Name}")).Should().BeFalse();
        Cli.Do("down", file).Should().Contain($"{lab.Name} is down");
        lab.Leftovers().Should().BeEmpty();
    }
}
