using System.Text.RegularExpressions;

namespace Wgns.Tests.Privileged.Commands;

/// <summary>The command line itself.</summary>
[Category("UserNamespace")]
public sealed class UsageTests
{
    [TestCase("nonsense")]
    [TestCase("up", "--nonsense")]
    [TestCase("plan")]
    [TestCase("exec")]
    [TestCase("exec", "name")]
    [TestCase("completion", "tcsh")]
    [TestCase("up", "a.toml", "b.toml")]
    [TestCase("up", "--wait", "--timeout", "soon")]
    public void Wrong_usage_is_2_with_a_word_about_help_on_stderr(params string[] arguments)
    {
        var answer = Cli.Run(arguments);
        answer.Exit.Should().Be(2);
        answer.Output.Should().BeEmpty();
        answer.Errors.Should().StartWith("wgns: error: ").And.Contain("--help");
    }

    [Test]
    public void Exec_without_a_command_says_where_to_give_one() =>
        Cli.Run("exec", "vpn").Errors.Should().StartWith("wgns: error: there is no command: give one after the namespace and --, as in `wgns exec vpn -- bash`\n");

    [Test]
    public void What_is_printed_without_a_standard_output_goes_into_none_of_the_programs_own_sockets()
    {
        using var lab = new Lab();
        lab.Up();
        using var down = new Running("sh", ["-c", "exec \"$0\" down \"$1\" <&- >&-", Cli.Binary, lab.Name]);
        var answer = down.End();

        answer.Errors.Should().Be("wgns: error: write to standard output: Bad file descriptor\n");
        answer.Exit.Should().Be(1);
        lab.Leftovers().Should().BeEmpty();
    }

    [TestCase("/dev/null", "is fine", 0)]
    [TestCase("./vpn.toml", "./vpn.toml cannot be found from here, for this directory was removed", 1)]
    public void In_a_directory_that_was_removed_a_path_from_the_root_is_found_and_another_is_told_why_not(string config, string said, int exit)
    {
        var directory = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var check = new Running("sh", ["-c", "mkdir \"$1\" && cd \"$1\" && rmdir \"$1\" && exec \"$0\" check \"$2\" 2>&1", Cli.Binary, directory, config]);
        var answer = check.End();

        answer.Output.Should().Contain(said);
        answer.Exit.Should().Be(exit);
    }

    [Test]
    public void The_version_is_the_name_and_a_number()
    {
        Cli.Do("--version").Should().MatchRegex(@"^wgns \d+\.\d+\.\d+(-\S+)?\n$");
    }

    [Test]
    public void Help_names_every_verb()
    {
        var help = Cli.Do("--help");
        string[] verbs =
        [
            "up", "down", "reload", "plan", "check", "status", "list", "exec", "run", "attach", "verify", "import", "supervise", "forward", "hold", "release",
            "units", "genkey", "pubkey", "genpsk", "demo", "completion",
        ];
        Regex.Matches(help[help.IndexOf("\nCommands:\n", StringComparison.Ordinal)..], @"(?m)^  (\w+)\b").Select(m => m.Groups[1].Value).Should().BeEquivalentTo(verbs);
        foreach (var verb in verbs)
        {
            Cli.Do(verb, "--help").Should().Contain($"wgns {verb}");
        }
    }

    [Test]
    public void A_configuration_that_is_not_there_is_an_error_that_names_it()
    {
        foreach (var verb in new[] { "up", "plan", "check", "reload" })
        {
            var path = Cli.Run(verb, "/nowhere/vpn.toml");
            path.Exit.Should().Be(2);
            path.Errors.Should().Contain("/nowhere/vpn.toml").And.Contain("no such file");
            Cli.Run(verb, "nobody-has-this").Errors.Should().Contain("/etc/wgns/nobody-has-this.toml");
        }
    }

    [Test]
    public void Up_without_an_argument_takes_the_directorys_own_configuration()
    {
        using var lab = new Lab();
        lab.Extra = $"namespace_name = \"{lab.Name}\"";
        lab.Save();
        File.Move(lab.Config, Path.Combine(lab.Directory, "wgns.toml"));
        Cli.RunIn(lab.Directory, "up").Output.Should().Contain($"{lab.Name} is up");
        lab.Remember();
        lab.Status().GetProperty("config").GetString().Should().Be(Path.Combine(lab.Directory, "wgns.toml"));
        Cli.RunIn(lab.Directory, "down").Output.Should().Contain($"{lab.Name} is down");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Completion_in_zsh_answers_at_the_first_call_from_fpath_and_when_it_is_sourced()
    {
        // zsh is no need of this project's, so machines without it have the text alone.
        Cli.Do("completion", "zsh").Should().StartWith("#compdef wgns\n").And.Contain("_wgns \"$@\"");
        if (!Tool.IsThere("zsh"))
        {
            return;
        }

        var directory = Directory.CreateTempSubdirectory("wgns-zsh-");
        try
        {
            File.WriteAllText(Path.Combine(directory.FullName, "_wgns"), Cli.Do("completion", "zsh"));
            const string Stubs = "wgns() { print -r status }; compadd() { print -r found $found }; compdef() { print -r compdef $@ }; _files() { }; ";
            Tool.Run("zsh", "-fc", $"{Stubs}fpath=({directory.FullName}); autoload -Uz _wgns; words=(wgns stat) CURRENT=2 PREFIX=stat _wgns")
                .Should().Be("found status\n");
            // What is asked for ends at the cursor, and begins with the command, whatever stands before it on the line.
            const string Asked = "wgns() { print -r -- $@ }; CURSOR=18 BUFFER='sudo wgns status vp' words=(wgns status vp) CURRENT=3 PREFIX=v";
            Tool.Run("zsh", "-fc", $"{Stubs}. {directory.FullName}/_wgns; {Asked} _wgns")
                .Should().Be("compdef _wgns wgns\nfound [suggest:13] wgns status v\n");
            Tool.Run("zsh", "-fc", $"{Stubs}. {directory.FullName}/_wgns").Should().Be("compdef _wgns wgns\n");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [TestCase("bash")]
    [TestCase("zsh")]
    [TestCase("fish")]
    public void Completion_scripts_are_right_by_their_shells_own_word(string shell)
    {
        var script = Cli.Do("completion", shell);
        script.Should().Contain("wgns");
        if (Tool.IsThere(shell))
        {
            using var check = new Running(shell, ["-n"]);
            var answer = check.End(script);
            answer.Exit.Should().Be(0, answer.Errors);
            answer.Errors.Should().BeEmpty();
        }
    }

    [TestCase("bash")]
    [TestCase("fish")]
    public void A_shell_completes_verbs_options_namespaces_users_files_and_commands(string shell)
    {
        Tool.Needs(shell, $"there is no {shell} here");
        using var lab = new Lab();
        lab.Up();
        var bin = Directory.CreateDirectory(Path.Combine(lab.Directory, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "wgns"), Cli.Binary);
        File.WriteAllText(Path.Combine(lab.Directory, "my file.toml"), string.Empty);
        string[] Complete(string line)
        {
            // As readline parts it: `=` is a word of its own.
            var words = line.Replace("=", " = ", StringComparison.Ordinal).Split(' ');
            var script = shell == "fish"
                ? $"wgns completion fish | source\ncd '{lab.Directory}'\ncomplete -C '{line}'\n"
                : $"cd '{lab.Directory}'\n" + Cli.Do("completion", "bash")
                    + $"COMP_LINE='{line}' COMP_POINT={line.Length} COMP_CWORD={words.Length - 1}\n"
                    + $"COMP_WORDS=({string.Join(' ', words.Select(w => $"'{w}'"))})\n"
                    + "_wgns\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
            var environment = new Dictionary<string, string?> { ["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}", ["HOME"] = lab.Directory };
            using var running = shell == "fish" ? new Running("fish", [], null, environment) : new Running("bash", ["-s"], null, environment);
            // fish describes what it completes, after a tab.
            return [.. running.End(script).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('\t')[0].Replace("\\", string.Empty, StringComparison.Ordinal))];
        }

        Complete("wgns re").Should().BeEquivalentTo("reload", "release");
        Complete("wgns up --wa").Should().Equal("--wait");
        Complete($"wgns down {lab.Name[..4]}").Should().Contain(lab.Name);
        Complete($"wgns exec {lab.Name} --user roo").Should().Contain("root");
        Complete($"wgns exec {lab.Name} -- sle").Should().Contain("sleep");
        Complete("wgns check my").Should().Equal("my file.toml");
        Complete("wgns import --hooks=h").Should().Equal(shell == "fish" ? "--hooks=host" : "host");
    }
}
