namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>Symbolic links where wgns keeps its own files: root is led nowhere by them.</summary>
public sealed class PlantedTests
{
    [TestCase("json")]
    [TestCase("lock")]
    [TestCase("log")]
    public void A_symbolic_link_in_the_place_of_a_file_of_wgns_is_not_followed(string which)
    {
        using var lab = new Lab();
        Directory.CreateDirectory("/run/wgns");
        var link = $"/run/wgns/{lab.Name}.{(which == "log" ? $"{lab.Name}.log" : which)}";
        var (full, missing) = (Path.Combine(lab.Directory, "precious"), Path.Combine(lab.Directory, "missing"));
        File.WriteAllText(full, "precious");
        foreach (var target in (string[])[full, missing])
        {
            File.CreateSymbolicLink(link, target);
            var up = Cli.Run("up", lab.Config);
            Cli.Run("down", "--force", lab.Name);
            File.Delete(link);
            File.ReadAllText(full).Should().Be("precious", up.Words);
            File.Exists(missing).Should().BeFalse(up.Words);
            up.Exit.Should().Be(1, up.Words);
            up.Errors.Should().Contain(link).And.NotContain("   at ");
        }
    }

    [Test]
    public void A_directory_in_the_place_of_the_record_is_said_to_be_there()
    {
        using var lab = new Lab();
        Directory.CreateDirectory(lab.State);
        var (up, down) = (Cli.Run("up", lab.Config), Cli.Run("down", lab.Name));
        Directory.Delete(lab.State);
        foreach (var answer in (Answer[])[up, down])
        {
            answer.Exit.Should().Be(1);
            answer.Errors.Should().Contain($"{lab.State} is damaged (it is no plain file)");
        }

        lab.Up();
        lab.Down();
    }

    [Test]
    public void A_link_in_the_place_of_what_services_see_as_etc_is_not_followed()
    {
        using var lab = new Lab();
        lab.Up();
        var target = Directory.CreateDirectory(Path.Combine(lab.Directory, "target")).FullName;
        var link = $"/run/wgns/{lab.Name}.etc";
        Directory.CreateSymbolicLink(link, target);
        var answer = Cli.Run("units", "prepare", lab.Name);
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain(link);
        Directory.EnumerateFileSystemEntries(target).Should().BeEmpty();
        lab.Down();
        Directory.Exists(target).Should().BeTrue();
        Machine.Link(link).Should().BeNull("down takes away what stands at its own names");
    }

    /// <summary>On a machine of its own: no other test may find these directories so.</summary>
    [TestCase("/run/wgns")]
    [TestCase("/run/netns")]
    [TestCase("/etc/netns")]
    public void A_link_in_the_place_of_a_directory_that_wgns_writes_in_is_not_followed(string directory)
    {
        const string Script = """
            set -eu
            cp -a /etc "$D/etc"
            mount --bind "$D/etc" /etc
            mount -t tmpfs -o mode=755 tmpfs /run
            mkdir -p "$D/target" /run/netns /run/wgns /etc/netns
            rm -r "$LINK"
            ln -s "$D/target" "$LINK"
            up() { "$WGNS" up "$CONFIG" 2>&1 && echo "up" || echo "refused $?"; }
            up
            "$WGNS" down --force "$NAME" 2>&1 || true
            find "$D/target" -mindepth 1 -exec echo "found {}" ";"
            rm "$LINK"
            mkdir "$LINK"
            up
            "$WGNS" down --force "$NAME" 2>&1 >/dev/null
            """;
        using var lab = new Lab();
        using var machine = new Running(
            "unshare",
            ["--mount", "--propagation", "private", "bash", "-c", Script],
            null,
            new Dictionary<string, string?> { ["D"] = lab.Directory, ["WGNS"] = Cli.Binary, ["NAME"] = lab.Name, ["CONFIG"] = lab.Config, ["LINK"] = directory });
        var answer = machine.End();
        answer.Output.Should().Contain("refused 1").And.Contain(directory).And.NotContain("found ").And.Match("*refused*up\n*", answer.Words);
        answer.Exit.Should().Be(0, answer.Words);
    }

    [Test]
    public void A_record_of_another_namespaces_is_not_taken_for_this_ones()
    {
        using var lab = new Lab();
        using var other = new Lab();
        other.Up();
        File.Copy(other.State, lab.State);
        var down = lab.TryDown("--force");
        File.Delete(lab.State);
        down.Exit.Should().Be(1);
        down.Errors.Should().Contain("damaged").And.Contain(lab.State);
        other.ShouldBeSettled();
    }

    [Test]
    public void Names_of_files_with_everything_a_shell_reads_reach_no_shell()
    {
        using var lab = new Lab();
        var canary = Path.Combine(lab.Directory, "canary");
        foreach (var hostile in (string[])["$(/usr/bin/touch CANARY)", "`/usr/bin/touch CANARY`", "';/usr/bin/touch CANARY;'", "\n/usr/bin/touch CANARY\n", "a\" ; /usr/bin/touch CANARY \"b"])
        {
            // A path has no '/' in a file's name: directories stand for it.
            var file = hostile.Replace("CANARY", canary, StringComparison.Ordinal);
            var path = lab.Directory + "/x" + file;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(lab.KeyFile, path, overwrite: true);
            var escaped = string.Concat(path.Select(c => c is '"' or '\\' || char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
            File.WriteAllText(lab.Config, File.ReadAllText(lab.Config).Replace("\"private.key\"", $"\"{escaped}\"", StringComparison.Ordinal));

            // Its engine is the one thing that the script finds without PATH, and it must not stay.
            using var plan = new Running(Cli.Binary, ["plan", lab.Config], null, new Dictionary<string, string?> { ["WG_QUICK_USERSPACE_IMPLEMENTATION"] = "/bin/true" });
            var script = plan.End().Output;
            script.Should().Contain("/bin/true").And.Contain("ip netns add");
            using (var shell = new Running("env", ["PATH=/nowhere", "/bin/sh", "-c", script.Replace("set -e", "set +e", StringComparison.Ordinal)]))
            {
                shell.End();
            }

            lab.Up();
            lab.Down();
            File.Exists(canary).Should().BeFalse(hostile);
            lab.Save();
        }

        // The control: the same text where a shell does read it.
        Tool.Ask("/bin/sh", "-c", $"echo $(/usr/bin/touch {canary})");
        File.Exists(canary).Should().BeTrue();
    }
}
