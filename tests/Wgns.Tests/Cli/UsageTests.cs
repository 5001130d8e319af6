using System.CommandLine;
using Wgns.Cli.Commands;

namespace Wgns.Tests.Cli;

internal sealed class UsageTests
{
    [TestCase("down", "[<NAME|CONFIG>]")]
    [TestCase("status", "[<NAME>]")]
    [TestCase("exec", "<NAME> [options] -- <COMMAND>...")]
    [TestCase("run", "<CONFIG> [options] [-- <COMMAND>...]")]
    public void Help_shows_what_an_argument_is_and_not_the_namespaces_that_are_up(string verb, string usage)
    {
        var root = Verbs.Root([verb, "--help"]);
        using var output = new StringWriter();
        root.Parse([verb, "--help"]).Invoke(new InvocationConfiguration { Output = output }).Should().Be(0);

        output.ToString().Should().Contain($" {verb} {usage}").And.Contain($"  {usage.Split(' ')[0].Trim('[', ']')}  ");
    }

    [TestCase(20)]
    [TestCase(4, "units")]
    public void The_list_of_commands_shows_each_as_its_own_help_does(int count, params string[] of)
    {
        var list = Help([.. of, "--help"]).Split('\n').SkipWhile(l => l != "Commands:").Skip(1).TakeWhile(l => l.Length > 0).Select(l => l.TrimEnd()).ToList();
        list.Should().HaveCountGreaterThanOrEqualTo(count);
        foreach (var line in list)
        {
            var verb = line.Trim().Split(' ')[0];
            var usage = Help([.. of, verb, "--help"]).Split('\n').SkipWhile(l => l != "Usage:").ElementAt(1).Trim();
            line.Should().StartWith($"  {usage[usage.IndexOf($" {verb}", StringComparison.Ordinal)..].Trim().Replace(" [options]", string.Empty, StringComparison.Ordinal).Replace("[-- <", "[<", StringComparison.Ordinal).Replace("-- <", "<", StringComparison.Ordinal).Replace(" [command]", string.Empty, StringComparison.Ordinal)}  ");
        }

        Column(list).Should().HaveCount(1, "what they do is one below the other");
    }

    private static string Help(params string[] words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Verbs.Root(words).Parse(words).Invoke(new InvocationConfiguration { Output = output }).Should().Be(0);
        return output.ToString();
    }

    private static IEnumerable<int> Column(IEnumerable<string> lines) =>
        lines.Select(l => System.Text.RegularExpressions.Regex.Match(l, @"^  \S.*?  +(?=\S)").Length).Distinct();

    [TestCase("0", false)]
    [TestCase("1", true)]
    [TestCase("3600", true)]
    [TestCase("3601", false)]
    [TestCase("-5", false)]
    public void A_time_that_up_cannot_wait_is_an_error(string seconds, bool isFine)
    {
        string[] words = ["up", "--wait", "--timeout", seconds];
        var errors = Verbs.Root(words).Parse(words).Errors.Select(e => e.Message);
        errors.Should().Equal(isFine ? [] : [$"--timeout is {seconds}; it must be 1-3600 seconds"]);
    }

    [TestCase("dwon", "down")]
    [TestCase("statsu", "status")]
    [TestCase("stat", "status")]
    [TestCase("version", "--version")]
    [TestCase("-V", "--version")]
    [TestCase("help", "--help")]
    [TestCase("nonsense", null)]
    public void A_mistyped_verb_is_recognised(string word, string? meant) => Verbs.Nearest(word).Should().Be(meant);

    [TestCase("up --wait --timeout soon", "--timeout is soon; it must be a number")]
    [TestCase("up --wiat vpn", "there is no option --wiat; did you mean --wait?")]
    [TestCase("up vpn --xyzzy", "there is no option --xyzzy")]
    [TestCase("list --jsn", "there is no option --jsn; did you mean --json?")]
    [TestCase("--json status", "--json stands behind the command's name: `wgns status --json`")]
    [TestCase("-v up", "-v stands behind the command's name: `wgns up -v`")]
    [TestCase("up -- --wait", "--wait stands behind the command's name: `wgns up --wait`")]
    [TestCase("up vpn other", "up takes no \"other\"")]
    [TestCase("up --wait=60", "--wait takes no value, and \"60\" is one")]
    [TestCase("down --force=yes vpn", "--force takes no value, and \"yes\" is one")]
    [TestCase("exec --isolate=no vpn -- true", "--isolate takes no value, and \"no\" is one")]
    [TestCase("up --timeout", "--timeout takes a value, and there is none")]
    [TestCase("check", "CONFIG is missing")]
    [TestCase("units confine vpn", "SERVICE is missing")]
    [TestCase("import", "FILE is missing")]
    [TestCase("import --hooks=both x.conf", "--hooks takes no \"both\"|it takes one of host, namespace")]
    [TestCase("import -", "- is no file here: standard input is /dev/stdin")]
    [TestCase("import -o - x.conf", "a configuration goes into a file, with its keys beside it, and not to standard output")]
    [TestCase("completion tcsh", "completion takes no \"tcsh\"|it takes one of bash, zsh, fish")]
    [TestCase("forward --idle soon 1 2", "--idle is soon; it must be 0-86400 seconds")]
    [TestCase("units", "there is no command")]
    [TestCase("units confin vpn deluged", "units has no command \"confin\"|did you mean `wgns units confine`?")]
    [TestCase("units xyzzy", "units has no command \"xyzzy\"")]
    [TestCase("exec vpn -u", "-u takes a value, and there is none")]
    [TestCase("exec vpn --group users -- id", "--group takes --user besides")]
    [TestCase("up --timeout 3", "--timeout takes --wait besides")]
    [TestCase("down --once-ended a.service vpn", "--once-ended takes --when-stopped besides")]
    [TestCase("forward --nets vpn 1 2", "there is no option --nets; did you mean --netns?")]
    [TestCase("attach ./vpn.toml", "--pid is missing")]
    [TestCase("attach --pid 17", "CONFIG is missing")]
    public void A_wrong_command_line_is_told_in_one_sentence_that_names_what_is_wrong(string line, string sentence)
    {
        var words = line.Split(' ');
        string.Join('\n', UsageErrors.Of(Verbs.Parse(words)).Select(e => e.Hint is null ? e.Message : $"{e.Message}|{e.Hint}")).Should().Be(sentence);
    }

    [TestCase("FILE is empty", "import", "")]
    [TestCase("FILE is empty", "import", "wg-quick", "")]
    [TestCase("-o is empty; it must be a file or a directory", "import", "-o", "", "x.conf")]
    public void An_empty_word_is_no_file_to_import(string sentence, params string[] words) =>
        UsageErrors.Of(Verbs.Parse(words)).Should().ContainSingle().Which.Message.Should().Be(sentence);

    [TestCase("NAME is empty", "exec", "", "--", "true")]
    [TestCase("NAME is empty", "status", "")]
    [TestCase("CONFIG is empty", "up", "")]
    [TestCase("NAME|CONFIG is empty", "down", "")]
    [TestCase("SERVICE is empty", "units", "confine", "vpn", "")]
    [TestCase("ENTRIES is empty", "forward", "8112", "")]
    public void The_empty_word_of_a_variable_that_is_not_set_names_nothing(string sentence, params string[] words) =>
        UsageErrors.Of(Verbs.Parse(words)).Should().ContainSingle().Which.Should().Be((sentence, (string?)null));

    [Test]
    public void A_word_that_begins_with_an_at_sign_is_a_word_and_no_file_to_be_read_and_shown()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "secret words of it");

        var parsed = Verbs.Parse(["down", $"@{file}"]);

        File.Delete(file);
        parsed.Errors.Should().BeEmpty();
        parsed.Tokens.Select(t => t.Value).Should().Equal("down", $"@{file}");
    }

    [TestCase("exec vpn curl --user me:secret URL", null, "curl --user me:secret URL")]
    [TestCase("exec vpn -u alice id -u", "alice", "id -u")]
    [TestCase("exec -u alice vpn id -u", "alice", "id -u")]
    [TestCase("exec --user=alice vpn --isolate sudo -u bob -- id", "alice", "sudo -u bob -- id")]
    [TestCase("exec vpn -- id -u", null, "id -u")]
    [TestCase("exec vpn curl --isolate=no", null, "curl --isolate=no")]
    [TestCase("exec vpn -u alice -- id -u", "alice", "id -u")]
    [TestCase("run ./vpn.toml --keep my curl --user me:secret URL", null, "curl --user me:secret URL")]
    public void What_follows_the_first_word_of_a_command_is_the_commands(string line, string? user, string command)
    {
        var words = line.Split(' ');

        var parsed = Verbs.Parse(words);

        parsed.Errors.Should().BeEmpty();
        parsed.GetValue<string?>("--user").Should().Be(user);
        parsed.GetValue<string[]>("COMMAND").Should().Equal(command.Split(' '));
    }

    [TestCase("exec vpn --usr alice id", "there is no option --usr; did you mean --user?")]
    [TestCase("exec vpn -x id", "there is no option -x")]
    [TestCase("exec vpn --xyzzy -- id", "there is no option --xyzzy")]
    [TestCase("run ./vpn.toml --isolat -- id", "there is no option --isolat; did you mean --isolate?")]
    [TestCase("exec vpn -- --xyzzy", null)]
    [TestCase("exec vpn - x", null)]
    public void An_option_that_a_command_is_not_given_with_is_told_and_not_looked_for_as_a_program(string line, string? said)
    {
        var words = line.Split(' ');
        var root = Verbs.Root(words);
        var parsed = root.Parse(CommandWords.SetApart(words, root));

        CommandWords.Problem(parsed, [.. parsed.GetValue<string[]>("COMMAND")!]).Should().Be(said);
    }

    [TestCase("wgns@vpn")]
    [TestCase("wgns-netns@vpn.service")]
    [TestCase("wgns-nscd.socket")]
    public void A_unit_of_wgns_is_not_confined(string unit)
    {
        string[] words = ["units", "confine", "vpn", unit];
        Verbs.Root(words).Parse(words).Invoke().Should().Be(2);
    }

    [Test]
    public void A_list_has_its_columns_one_below_the_other() =>
        ListCommand.Lines([new("office-of-mine", "up", ["wg0", "wg1"], "/etc/wgns/office-of-mine.toml"), new("a", "unknown", [], string.Empty), new("vpn", "closed", ["vpn"], "/c/vpn.toml")])
            .Should().Equal(
                "office-of-mine  up       wg0,wg1  /etc/wgns/office-of-mine.toml",
                "a               unknown",
                "vpn             closed   vpn      /c/vpn.toml");
}
