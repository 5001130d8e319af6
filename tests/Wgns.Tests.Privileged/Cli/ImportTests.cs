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

    internal static string Write(Lab lab)
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
    public void Of_two_at_once_to_one_place_one_fails_and_no_key_is_lost()
    {
        using var lab = new Lab();
        string[] files = [Write(lab), Path.Combine(lab.Directory, "other.conf")];
        var other = Transcript.Secret(Tool.Run("wg", "genkey")).Trim();
        File.WriteAllText(files[1], File.ReadAllText(files[0]).Replace(lab.Key, other, StringComparison.Ordinal));
        for (var i = 0; i < 20; i++)
        {
            var place = Directory.CreateDirectory(Path.Combine(lab.Directory, $"{i}")).FullName;
            var imports = files.Select(f => Cli.Start("import", f, "-o", place + "/out.toml")).ToList();
            var answers = imports.ConvertAll(r => r.End());
            imports.ForEach(r => r.Dispose());

            answers.Should().ContainSingle(a => a.Exit == 0).And.ContainSingle(a => a.Exit == 1);
            File.ReadAllText(place + "/out.key").Trim().Should().Be(answers[0].Exit == 0 ? lab.Key : other);
            Directory.EnumerateFiles(place).Select(Path.GetFileName).Should().BeEquivalentTo("out.key", "out.toml");
        }
    }

    [TestCase("size=4k", TestName = "A_disk_without_room_for_the_configuration_keeps_no_key_either")]
    [TestCase("nr_inodes=2", TestName = "A_disk_without_a_file_for_the_configuration_keeps_no_key_either")]
    public void On_a_full_disk_nothing_is_left(string limit)
    {
        using var lab = new Lab();
        var small = Directory.CreateDirectory(Path.Combine(lab.Directory, "small")).FullName;
        Tool.Run("mount", "-t", "tmpfs", "-o", limit, "tmpfs", small);
        try
        {
            var answer = Cli.Run("import", Write(lab), "-o", small + "/out.toml");

            answer.Exit.Should().Be(1);
            answer.Errors.Should().Contain("No space left on device").And.NotContain(lab.Key);
            Directory.EnumerateFileSystemEntries(small).Should().BeEmpty();
        }
        finally
        {
            Tool.Run("umount", small);
        }
    }

    [TestCase("out.toml")]
    [TestCase("out.key")]
    public void A_symbolic_link_in_its_place_is_not_followed(string name)
    {
        using var lab = new Lab();
        var aim = Path.Combine(lab.Directory, "aim");
        File.CreateSymbolicLink(Path.Combine(lab.Directory, name), aim);

        var answer = Cli.Run("import", Write(lab), "-o", Path.Combine(lab.Directory, "out.toml"));

        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain($"{name} is there already");
        File.Exists(aim).Should().BeFalse();
        Directory.EnumerateFiles(lab.Directory, "out.*").Should().ContainSingle();
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

    [TestCase("INT")]
    [TestCase("TERM")]
    public void At_whatever_moment_it_is_interrupted_there_is_all_of_it_or_nothing(string signal)
    {
        using var lab = new Lab();
        var file = Write(lab);
        for (var i = 0; i < 30; i++)
        {
            var place = Directory.CreateDirectory(Path.Combine(lab.Directory, $"{i}")).FullName;
            using var import = Cli.Start("import", file, "-o", place + "/out.toml");

            // Now, when the first file is begun, and in between.
            Until.True(() => import.HasEnded || (i % 3 == 0 && Directory.EnumerateFiles(place, ".*").Any()) || (i % 3 == 1 && Directory.EnumerateFiles(place).Any()) || i % 3 == 2);
            Thread.Sleep(i % 3 == 2 ? i * 5 : 0);
            Tool.Ask("kill", $"-{signal}", $"{import.Pid}");
            import.End();

            Directory.EnumerateFiles(place).Select(Path.GetFileName).Should().Match(f => !f.Any() || f.Order().SequenceEqual(new[] { "out.key", "out.toml" }), $"{i}");
        }
    }
}
