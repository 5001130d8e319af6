using System.Net;
using System.Net.Sockets;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Supervision;

namespace Wgns.Tests.Supervision;

public sealed class NameLookupsTests
{
    private static readonly Exception[] Failures =
    [
        new SocketException((int)SocketError.TryAgain, "nobody answers"),
        new KernelException("make a socket in the birthplace", Errno.EMFILE),
        new FileNotFoundException("resolv.conf went while it was read"),
    ];

    [TestCaseSource(nameof(Failures))]
    public void A_lookup_that_fails_for_whatever_reason_is_an_answer_that_says_it(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        using var bell = new Bell();
        var lookups = new NameLookups(_ => throw failure, bell.Ring);

        lookups.Start("vpn.example");
        bell.Await();

        lookups.Take().Should().BeEquivalentTo(new NameAnswer("vpn.example", [], failure.Message));
    }

    [Test]
    public void A_name_that_is_known_is_an_answer_with_its_addresses()
    {
        using var bell = new Bell();
        var lookups = new NameLookups(_ => [IPAddress.Loopback], bell.Ring);

        lookups.Start("vpn.example");
        bell.Await();

        lookups.Take().Should().BeEquivalentTo(new NameAnswer("vpn.example", [IPAddress.Loopback], null));
        lookups.Take().Should().BeNull();
    }
}
