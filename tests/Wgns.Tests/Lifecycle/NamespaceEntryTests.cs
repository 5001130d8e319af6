using Wgns.Lifecycle;

namespace Wgns.Tests.Lifecycle;

public sealed class NamespaceEntryTests
{
    [TestCase("./vpn.toml", "this takes a NAME, and no path: `wgns list` shows those there are")]
    [TestCase("no-such-vpn.conf", "this takes a NAME, and no path: `wgns list` shows those there are")]
    [TestCase("no-such-vpn", "`wgns up no-such-vpn` makes it; `wgns list` shows those there are")]
    public void Who_gives_a_file_in_the_place_of_a_namespace_is_told_so(string name, string said)
    {
        NamespaceEntry.Open(name, RuntimePaths.System, out var problem, out var hint).Should().BeNull();
        problem.Should().Be($"there is no namespace {name}");
        hint.Should().Be(said);
    }
}
