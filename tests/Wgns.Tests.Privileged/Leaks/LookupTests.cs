namespace Wgns.Tests.Privileged.Leaks;

/// <summary>A program inside asks whom it likes for names: servers, over TLS, the neighbours, by IPv4 and IPv6.</summary>
public sealed class LookupTests
{
    [Test]
    public void With_redirect_no_other_server_is_asked_and_no_neighbour() =>
        KindsThatCame("redirect").Should().Contain([.. FarEnd.Tls, "udp", "udp6", "tcp6"]).And.NotContain([.. FarEnd.Plain, .. FarEnd.Neighbours]);

    [Test]
    public void With_reject_no_other_server_is_asked_and_no_neighbour_and_nobody_over_TLS() =>
        KindsThatCame("reject").Should().Contain(["udp", "udp6", "tcp6"]).And.NotContain([.. FarEnd.Plain, .. FarEnd.Tls, .. FarEnd.Neighbours]);

    [Test]
    public void Without_enforcement_all_of_them_are_asked() =>
        KindsThatCame("off").Should().Contain([.. FarEnd.Plain, .. FarEnd.Tls, .. FarEnd.Neighbours]);

    private static HashSet<string> KindsThatCame(string enforcement)
    {
        using var lab = new Lab(withProvider: true);
        lab.Extra = $"dnsEnforcement = \"{enforcement}\"";
        lab.Save();
        lab.Up("--wait");
        using var far = new FarEnd(lab);
        using var talker = lab.Enter([Talker.Path, "shoot", "-", "3", .. Talker.Targets]);
        talker.End().Exit.Should().Be(0);
        return far.KindsThatCame();
    }
}
