using Wgns.Linux.Systemd;

namespace Wgns.Tests.Linux.Systemd;

/// <summary>The variables of sd_listen_fds(3).</summary>
public sealed class ListenSocketsTests
{
    [TestCase("42", "1", new[] { 3 })]
    [TestCase("42", "3", new[] { 3, 4, 5 })]
    [TestCase("42", "0", new int[0])]
    [TestCase("41", "1", new int[0])]
    [TestCase(null, null, new int[0])]
    [TestCase("42", "-1", new int[0])]
    [TestCase("42", "many", new int[0])]
    public void Sockets_are_those_from_3_on_and_only_of_the_process_that_they_were_meant_for(string? pid, string? count, int[] expected) =>
        ListenSockets.Take(pid, count, 42).Should().Equal(expected);
}
