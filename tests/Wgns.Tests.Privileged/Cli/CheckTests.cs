using System.Globalization;

namespace Wgns.Tests.Privileged.Commands;

/// <summary>`wgns check`, also by users who are not root. Real users are needed, so this is for real root.</summary>
public sealed class CheckTests
{
    private string _public = string.Empty;

    /// <summary>The program where everybody can reach it: the tree that it was built in may be somebody's home.</summary>
    [OneTimeSetUp]
    public void Publish()
    {
        _public = Directory.CreateTempSubdirectory("wgns-public-").FullName;
        Tool.Run("chmod", "755", _public);
        var directory = Path.GetDirectoryName(new FileInfo(Cli.Binary).ResolveLinkTarget(true)?.FullName ?? Cli.Binary)!;
        var isNative = !File.Exists(Path.Combine(directory, Path.GetFileName(Cli.Binary) + ".dll"));
        Tool.Run("cp", ["-L", .. isNative ? [Cli.Binary] : Directory.GetFiles(directory), _public]);
        Program = Path.Combine(_public, Path.GetFileName(Cli.Binary));
    }

    [OneTimeTearDown]
    public void Unpublish() => Directory.Delete(_public, recursive: true);

    private string Program { get; set; } = string.Empty;

    [Test]
    public void Rules_of_a_user_who_is_not_root_are_checked_in_a_user_namespace_with_the_line_they_stand_in()
    {
        using var lab = Readable(new Lab { Rules = "add rule inet wgns input tcp dport 6881 accept\nadd rule inet wgns input tcp dprot 1 accept\n" });
        lab.Save();
        var answer = AsNobody("check", "--no-secrets", lab.Config);
        answer.Exit.Should().Be(2);
        var line = Array.FindIndex(File.ReadAllLines(lab.Config), l => l.Contains("dprot", StringComparison.Ordinal)) + 1;
        answer.Errors.Should().Contain(string.Create(CultureInfo.InvariantCulture, $"{lab.Config}:{line}:")).And.Contain("nft: ");
        answer.Errors.Should().NotContain("rules not checked");
        lab.Rules = "add rule inet wgns input tcp dport 6881 accept\n";
        lab.Save();
        answer = AsNobody("check", "--no-secrets", lab.Config);
        answer.Exit.Should().Be(0, answer.Words);
        answer.Errors.Should().BeEmpty();
        answer.Output.Should().Contain("is fine");
    }

    [Test]
    public void With_few_descriptors_rules_may_go_unchecked_and_that_is_said()
    {
        using var lab = new Lab { Rules = "add rule inet wgns input tcp dprot 1 accept\n" };
        lab.Save();
        var ends = Enumerable.Range(5, 15).Select(limit => (Limit: limit, Answer: With(limit, lab.Config))).ToList();
        foreach (var (limit, answer) in ends)
        {
            answer.Exit.Should().BeOneOf([0, 2], $"of {limit}, and not what libnftables ends a process with: {answer.Words}");
            answer.Errors.Should().Contain(answer.Exit == 0 || limit < 8 ? "Too many open files" : "nft: syntax error", $"of {limit}");
        }

        ends.Should().Contain(e => e.Answer.Exit == 0 && e.Answer.Errors.Contains("rules not checked")).And.Contain(e => e.Answer.Errors.Contains("nft: syntax error"));
        static Answer With(int limit, string config)
        {
            using var run = new Running("sh", ["-c", "ulimit -n \"$0\"; exec \"$1\" check \"$2\"", limit.ToString(CultureInfo.InvariantCulture), Cli.Binary, config]);
            return run.End();
        }
    }

    [Test]
    public void What_is_wrong_in_a_file_that_the_rules_include_is_told_at_the_line_that_includes_it()
    {
        using var lab = Readable(new Lab());
        var (first, second) = (Path.Combine(lab.Directory, "first.nft"), Path.Combine(lab.Directory, "second.nft"));
        File.WriteAllText(first, $"# more\ninclude \"{second}\"\n");
        File.WriteAllText(second, "add rule inet wgns inptu accept\n");
        Tool.Run("chmod", "644", first, second);
        lab.Rules = $"add rule inet wgns input tcp dport 6881 accept\ninclude \"{first}\"\n";
        lab.Save();
        var line = Array.FindIndex(File.ReadAllLines(lab.Config), l => l.StartsWith("include", StringComparison.Ordinal)) + 1;
        foreach (var answer in (Answer[])[Cli.Run("check", lab.Config), AsNobody("check", "--no-secrets", lab.Config)])
        {
            answer.Exit.Should().Be(2);
            answer.Errors.Should().Contain(string.Create(CultureInfo.InvariantCulture, $"{lab.Config}:{line}:1: error: ")).And.Contain($"{second}:1: No such file");
        }
    }

    [Test]
    public void A_lock_that_anybody_who_may_read_a_configuration_can_take_keeps_nobody_from_it()
    {
        using var lab = Readable(new Lab());
        lab.Save();
        using var holder = new Running("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "flock", "--no-fork", "-x", lab.Config, "sh", "-c", "echo held; exec sleep 1000"]);
        Until.True(() => holder.Lines().Contains("held", StringComparison.Ordinal)).Should().BeTrue();
        var answer = Cli.Run("check", lab.Config);
        answer.Exit.Should().Be(0, answer.Words);
    }

    [Test]
    public void Who_is_not_root_hears_that_a_running_units_key_is_not_theirs_to_read_and_not_that_the_unit_does_not_run()
    {
        using var lab = Readable(new Lab());
        lab.Save();
        File.WriteAllText(lab.Config, File.ReadAllText(lab.Config).Replace("\"private.key\"", "\"credential:private.key\"", StringComparison.Ordinal));
        var isNew = !Directory.Exists("/run/credentials");
        var unit = Directory.CreateDirectory($"/run/credentials/wgns@{lab.Name}.service");
        try
        {
            Tool.Run("chmod", "755", "/run/credentials");
            Tool.Run("cp", "-p", Path.Combine(lab.Directory, "private.key"), unit.FullName);
            Tool.Run("chmod", "700", unit.FullName);
            Cli.Run("check", lab.Config).Exit.Should().Be(0);
            var answer = AsNobody("check", lab.Config);
            answer.Exit.Should().Be(2);
            answer.Errors.Should().Contain($"of wgns@{lab.Name}.service, which cannot be read: permission denied").And.Contain("run as root, or `wgns check --no-secrets`");
        }
        finally
        {
            unit.Delete(recursive: true);
            if (isNew)
            {
                Directory.Delete("/run/credentials");
            }
        }
    }

    [Test]
    public void Where_a_user_namespace_cannot_be_had_the_rules_are_said_to_be_unchecked()
    {
        using var lab = Readable(new Lab { Rules = "add rule inet wgns input tcp dprot 1 accept\n" });
        lab.Save();

        // A user namespace with all users and none of its own below it: the limit is each namespace's own.
        using var holder = new Running("unshare", ["-U", "sleep", "1000"]);
        Until.True(() => Machine.Link($"/proc/{holder.Pid}/ns/user") != Machine.Link("/proc/self/ns/user")).Should().BeTrue();
        foreach (var map in new[] { "uid_map", "gid_map" })
        {
            File.WriteAllText($"/proc/{holder.Pid}/{map}", "0 0 65536\n");
        }

        using var check = new Running("nsenter",
        [
            $"--user=/proc/{holder.Pid}/ns/user", "-S", "0", "-G", "0", "sh", "-c",
            "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\"",
            "sh", Program, "check", "--no-secrets", lab.Config,
        ]);
        var answer = check.End();
        answer.Exit.Should().Be(0, answer.Words);
        answer.Errors.Should().Contain("warning").And.Contain("rules not checked");
    }

    [Test]
    public void Commands_that_need_root_say_so_in_one_sentence()
    {
        using var lab = Readable(new Lab());
        foreach (var command in new string[][] { ["up", lab.Config], ["reload", lab.Config], ["plan", lab.Config] })
        {
            var answer = AsNobody(command);
            answer.Exit.Should().Be(1, command[0]);
            answer.Output.Should().BeEmpty();
            answer.Errors.Split('\n')[0].Should().Be($"wgns: error: `wgns {(command[0] == "reload" ? "reload CONFIG" : command[0])}` needs root", "a NAME may be one's own");
        }

        // There can be one of the user's own.
        foreach (var command in new string[][] { ["reload", lab.Name], ["status", lab.Name], ["verify", lab.Name], ["exec", lab.Name, "--", "true"] })
        {
            var answer = AsNobody(command);
            answer.Exit.Should().Be(1, command[0]);
            answer.Output.Should().BeEmpty();
            answer.Errors.Split('\n')[0].Should().Be($"wgns: error: you have no namespace {lab.Name}, and the machine's take root");
        }

        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void A_key_file_that_the_user_may_not_read_is_an_error_and_can_be_left_out()
    {
        using var lab = Readable(new Lab());
        var answer = AsNobody("check", lab.Config);
        answer.Exit.Should().Be(2);
        answer.Errors.Should().Contain("permission denied").And.Contain("--no-secrets");
        AsNobody("check", "--no-secrets", lab.Config).Exit.Should().Be(0);
    }

    [Test]
    public void A_key_file_that_others_can_read_is_a_warning()
    {
        using var lab = new Lab();
        Tool.Run("chmod", "644", lab.KeyFile);
        var answer = Cli.Run("check", lab.Config);
        answer.Exit.Should().Be(0);
        answer.Errors.Should().Contain("warning").And.Contain($"chmod 600 {lab.KeyFile}");
    }

    [Test]
    public void All_errors_of_a_file_are_told_at_once_and_nothing_is_made()
    {
        using var lab = new Lab();
        File.WriteAllText(lab.Config, "ips = [\"10.0.0.1/33\"]\nmtuu = 3\nprivateKeyFile = \"nowhere\"\n[[peers]]\npublicKey = \"short\"\nallowedIPs = []\n");
        var check = Cli.Run("check", lab.Config);
        check.Exit.Should().Be(2);
        foreach (var place in new[] { ":1:", ":2:", ":3:", ":5:" })
        {
            check.Errors.Should().Contain(lab.Config + place);
        }

        check.Errors.Should().Contain("4 errors");
        var up = Cli.Run("up", lab.Config);
        up.Exit.Should().Be(2);
        lab.Leftovers().Should().BeEmpty();
    }

    private Answer AsNobody(params string[] arguments)
    {
        using var run = new Running("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", Program, .. arguments], "/");
        return run.End();
    }

    private static Lab Readable(Lab lab)
    {
        Tool.Run("chmod", "755", lab.Directory);
        return lab;
    }
}
