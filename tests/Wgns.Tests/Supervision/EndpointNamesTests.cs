using System.Net;
using Wgns.Configuration;
using Wgns.Supervision;
using Wgns.Tests.Configuration;

namespace Wgns.Tests.Supervision;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EndpointNamesTests
{
    private static readonly IPAddress[] Answer = [IPAddress.Parse("192.0.2.1")];
    private readonly EndpointNames _names = new();

    [Test]
    public void A_name_is_looked_up_at_once_and_once_only_while_no_answer_has_come()
    {
        Follow(0, "endpoint = 'vpn.example:1'");
        Due(0).Should().Equal("vpn.example");
        Due(100).Should().BeEmpty();
        _names.Next.Should().BeNull("nothing is to be done until the answer comes");
    }

    [Test]
    public void An_address_is_never_looked_up()
    {
        Follow(0, "endpoint = '192.0.2.9:1'");
        Due(0).Should().BeEmpty();
    }

    [Test]
    public void Without_a_refresh_an_answer_is_for_good()
    {
        Follow(0, "endpoint = 'vpn.example:1'");
        Due(0);
        _names.Answered("vpn.example", Answer, At(1)).Should().BeTrue();
        _names.Next.Should().BeNull();
        _names.AddressesOf("vpn.example").Should().Equal(Answer);
    }

    [Test]
    public void With_a_refresh_it_is_asked_again_after_that_many_seconds()
    {
        Follow(0, "endpoint = 'vpn.example:1'\ndynamicEndpointRefreshSeconds = 30");
        Due(0);
        _names.Answered("vpn.example", Answer, At(2));
        _names.Next.Should().Be(At(32));
        Due(31).Should().BeEmpty();
        Due(32).Should().Equal("vpn.example");
    }

    [Test]
    public void One_that_fails_is_tried_after_1_2_4_seconds_and_at_last_every_30_for_as_long_as_it_takes()
    {
        Follow(0, "endpoint = 'vpn.example:1'");
        var now = 0;
        List<int> pauses = [];
        for (var i = 0; i < 9; i++)
        {
            Due(now).Should().Equal("vpn.example");
            _names.Failed("vpn.example", "no such name", At(now));
            pauses.Add((int)_names.Next!.Value.TotalSeconds - now);
            now += pauses[^1];
        }

        pauses.Should().Equal(1, 2, 4, 8, 16, 30, 30, 30, 30);
        _names.Unknown.Should().Equal(("vpn.example", "no such name"));
    }

    [Test]
    public void A_name_without_an_address_has_failed()
    {
        Follow(0, "endpoint = 'vpn.example:1'");
        Due(0);
        _names.Answered("vpn.example", [], At(0)).Should().BeFalse();
        _names.Next.Should().Be(At(1));
        _names.Unknown.Should().Equal(("vpn.example", "the name has no address"));
    }

    [Test]
    public void A_failure_after_an_answer_forgets_no_address_and_goes_back_to_the_refresh_when_it_is_over()
    {
        Follow(0, "endpoint = 'vpn.example:1'\ndynamicEndpointRefreshSeconds = 300");
        Due(0);
        _names.Answered("vpn.example", Answer, At(0));
        Due(300);
        _names.Failed("vpn.example", "try again", At(300));
        _names.AddressesOf("vpn.example").Should().Equal(Answer);
        _names.Unknown.Should().BeEmpty("an address is known");
        Due(301).Should().Equal("vpn.example");
        _names.Answered("vpn.example", Answer, At(301));
        _names.Next.Should().Be(At(601));
    }

    [Test]
    public void A_stale_tunnel_hurries_an_answered_name_and_not_one_that_fails_already()
    {
        Follow(0, "endpoint = 'vpn.example:1'");
        Due(0);
        _names.Answered("vpn.example", Answer, At(0));
        _names.Hurry("vpn.example", At(500));
        Due(500).Should().Equal("vpn.example");
        _names.Failed("vpn.example", "try again", At(500));
        _names.Hurry("vpn.example", At(500));
        Due(500).Should().BeEmpty();
        Due(501).Should().Equal("vpn.example");
    }

    [Test]
    public void A_reload_forgets_names_that_went_asks_for_new_ones_and_takes_over_another_refresh()
    {
        Follow(0, "endpoint = 'a.example:1'");
        Due(0);
        _names.Answered("a.example", Answer, At(0));
        Follow(10, "endpoint = 'a.example:1'\ndynamicEndpointRefreshSeconds = 60");
        Due(10).Should().BeEmpty();
        _names.Next.Should().Be(At(70));
        Follow(20, "endpoint = 'b.example:1'");
        Due(20).Should().Equal("b.example");
        _names.AddressesOf("a.example").Should().BeEmpty();
        _names.Answered("a.example", Answer, At(20)).Should().BeFalse("nobody wants it any more");
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private IReadOnlyList<string> Due(int seconds) => _names.Due(At(seconds));

    private void Follow(int seconds, string lines) =>
        _names.Follow(Read.Config(Read.WithPeer($"publicKey = '{Read.KeyA}'\nallowedIPs = ['0.0.0.0/0']\n{lines}")), At(seconds));
}
