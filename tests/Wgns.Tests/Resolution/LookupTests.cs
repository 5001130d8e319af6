using System.Net;
using System.Net.Sockets;
using Wgns.Resolution;

namespace Wgns.Tests.Resolution;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LookupTests
{
    private readonly List<TimeSpan> _waits = [];
    private int _queries;

    private Lookup Failing(int times, SocketError error) => new(
        _ => _queries++ < times ? throw new SocketException((int)error) : [IPAddress.Loopback],
        _waits.Add);

    [Test]
    public void A_resolver_that_says_to_try_again_is_asked_again()
    {
        Failing(2, SocketError.TryAgain).Find("vpn.example", out var problem).Should().Equal(IPAddress.Loopback);

        problem.Should().BeNull();
        _waits.Should().Equal(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
    }

    [Test]
    public void It_gives_up_after_four_tries()
    {
        Failing(100, SocketError.TryAgain).Find("vpn.example", out var problem).Should().BeEmpty();

        problem.Should().Be("no name server answers");
        _queries.Should().Be(4);
        _waits.Should().HaveCount(3);
    }

    [TestCase(SocketError.HostNotFound, "there is no such name")]
    [TestCase(SocketError.NoData, "the name has no address")]
    public void A_name_that_is_not_there_is_not_asked_for_again(SocketError error, string words)
    {
        Failing(100, error).Find("vpn.example", out var problem).Should().BeEmpty();

        problem.Should().Be(words);
        _queries.Should().Be(1);
        _waits.Should().BeEmpty();
    }
}
