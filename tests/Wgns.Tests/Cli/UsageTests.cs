using System.CommandLine;
using Wgns.Cli.Commands;

namespace Wgns.Tests.Cli;

internal sealed class UsageTests
{
    [TestCase("down", "[<NAME|CONFIG>]")]
    [TestCase("status", "[<NAME>]")]
    [TestCase("exec", "<NAME> <COMMAND>...")]
    public void Help_shows_what_an_argument_is_and_not_the_namespaces_that_are_up(string verb, string usage)
    {
        var root = Verbs.Root([verb, "--help"]);
        using var output = new StringWriter();
        root.Parse([verb, "--help"]).Invoke(new InvocationConfiguration { Output = output }).Should().Be(0);

        output.ToString().Should().Contain($" {verb} {usage}").And.Contain($"  {usage.Split(' ')[0].Trim('[', ']')}  ");
    }

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
    [TestCase("nonsense", null)]
    public void A_mistyped_verb_is_recognised(string word, string? meant) => Verbs.Nearest(word).Should().Be(meant);

    [TestCase("wgns@vpn")]
    [TestCase("wgns-netns@vpn.service")]
    [TestCase("wgns-nscd.socket")]
    public void A_unit_of_wgns_is_not_confined(string unit)
    {
        string[] words = ["units", "confine", "vpn", unit];
        Verbs.Root(words).Parse(words).Invoke().Should().Be(2);
    }
}
