using Wgns.Configuration;
using Wgns.Publishing;

namespace Wgns.Tests.Publishing;

public sealed class ForwardEntryTests
{
    [TestCase("8112", "80", "127.0.0.1:8112", "127.0.0.1:80")]
    [TestCase("[::1]:8112", "/run/a b.sock", "[::1]:8112", "/run/a b.sock")]
    [TestCase("udp:10.0.0.1:53", "53", "udp:10.0.0.1:53", "127.0.0.1:53")]
    [TestCase("fd:3", "proxy:80", "fd:3", "proxy:127.0.0.1:80")]
    [TestCase("/run/a=b:c.sock", "proxy:/run/c", "/run/a=b:c.sock", "proxy:/run/c")]
    public void A_pair_of_words_is_read_and_written_back(string listen, string connect, string listenBack, string connectBack)
    {
        var entry = ForwardEntry.TryParse(listen, connect, out var problem);
        problem.Should().BeEmpty();
        entry!.Words.Should().Equal(listenBack, connectBack);
        ForwardEntry.TryParse(listenBack, connectBack, out _).Should().Be(entry);
    }

    [TestCase("fd:2", "80", "\"fd:2\" is no descriptor from 3 on")]
    [TestCase("fd:x", "80", "\"fd:x\" is no descriptor from 3 on")]
    [TestCase("0", "80", "\"0\" has no port of 1-65535")]
    [TestCase("80", "proxy:host:80", "\"proxy:host:80\" has no IP address before its port")]
    [TestCase("udp:/run/a", "80", "\"udp:/run/a\" to \"80\": UDP goes from a port to a port")]
    [TestCase("udp:80", "/run/a", "\"udp:80\" to \"/run/a\": UDP goes from a port to a port")]
    [TestCase("udp:80", "proxy:80", "\"proxy:80\": the PROXY protocol is one of connections, which UDP has none of")]
    public void What_is_wrong_with_a_pair_is_said(string listen, string connect, string problem)
    {
        ForwardEntry.TryParse(listen, connect, out var said).Should().BeNull();
        said.Should().Be(problem);
    }

    [Test]
    public void An_entry_of_the_configuration_comes_through_the_command_line_unchanged()
    {
        var address = StreamAddress.TryParse("0.0.0.0:53", out _)!;
        var entry = ForwardEntry.Of(new PublishConfig(address, address, 0) { Protocol = PublishProtocol.Udp });
        ForwardEntry.TryParse(entry.Words[0], entry.Words[1], out _).Should().Be(entry);
        entry.Listen.IsUdp.Should().BeTrue();
    }

    [TestCase(3, null, null, null)]
    [TestCase(3, "7", "1", null)]
    [TestCase(4, "7", "2", null)]
    [TestCase(3, null, "1", null)]
    [TestCase(4, "7", "1", "LISTEN_FDS is 1: there is no descriptor 4")]
    [TestCase(3, "7", null, "LISTEN_FDS is not set: there is no descriptor 3")]
    [TestCase(3, "8", "1", "LISTEN_PID is 8: the sockets were handed to another process")]
    [TestCase(3, "x", "1", "LISTEN_PID is x: the sockets were handed to another process")]
    [TestCase(3, "7", "x", "LISTEN_FDS is x: there is no descriptor 3")]
    public void Sockets_that_were_handed_to_somebody_else_are_not_taken(int descriptor, string? pid, string? count, string? problem) =>
        HandedSockets.Problem(descriptor, pid, count, own: 7).Should().Be(problem);
}
