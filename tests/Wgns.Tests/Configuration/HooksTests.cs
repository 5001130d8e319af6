using Wgns.Configuration;

namespace Wgns.Tests.Configuration;

public sealed class HooksTests
{
    [Test]
    public void A_hook_runs_in_the_namespace_unless_it_says_otherwise()
    {
        var hooks = Read.Config(Read.Around("hooks = { postUp = [{ command = \"a\" }, { command = \"b\", where = \"host\" }] }")).Hooks;

        hooks.PostUp.Should().Equal(new HookCommand("a", HookPlace.Namespace), new HookCommand("b", HookPlace.Host));
        Read.Config(Read.Around("")).Hooks.IsEmpty.Should().BeTrue();
    }

    [TestCase("hooks = []", "1:9: error: hooks is an array; it must be a table")]
    [TestCase("hooks.postUp = [{ where = \"host\" }]", "1:17: error: a hook of postUp has no command")]
    [TestCase("hooks.postUp = [{ command = \" \" }]", "1:29: error: a hook of postUp has an empty command")]
    [TestCase("hooks.postUp = [{ command = \"a\\u0000\" }]", "1:29: error: a hook of postUp holds a NUL character, which no command can")]
    [TestCase("hooks.postUp = [{ command = \"a\", where = \"inside\" }]", "1:42: error: where is \"inside\"; it must be one of \"host\", \"namespace\"")]
    [TestCase("hooks.posUp = []", "1:7: error: unknown key \"posUp\" in the hooks")]
    [TestCase("hooks.postUp = [\"a\"]", "1:17: error: postUp holds a string; each of its items must be a table")]
    public void A_mistake_is_said_at_its_place(string line, string said) => Read.Said(Read.Around(line)).Should().Contain(said);

    [Test]
    public void Routes_of_a_peer_go_before_allowedIPsAsRoutes()
    {
        var peer = $"publicKey = '{Read.KeyA}'\nallowedIPs = ['10.0.0.0/8']\n";
        Routes("").Should().Equal("10.0.0.0/8");
        Routes("routes = ['10.1.0.0/16']").Should().Equal("10.1.0.0/16");
        Routes("routes = []").Should().BeEmpty();
        Read.Said(Read.WithPeer(peer + "routes = ['192.0.2.0/24', 'x', '10.1.0.1/16']")).Should().Contain(
            "7:11: warning: routes holds 192.0.2.0/24, which is not all in the peer's allowedIPs: WireGuard sends it no packet for the rest",
            "7:27: error: routes holds \"x\", which is no network",
            "7:32: warning: routes holds 10.1.0.1/16, which has host bits set; 10.1.0.0/16 is used");

        IEnumerable<string> Routes(string line) => Read.Config(Read.WithPeer(peer + line)).Interfaces.Single().Routes.Select(r => r.ToString());
    }
}
