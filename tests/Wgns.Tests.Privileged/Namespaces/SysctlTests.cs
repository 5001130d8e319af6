using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Privileged.Namespaces;

public sealed class SysctlTests
{
    private const string Key = "net/ipv6/conf/all/disable_ipv6";

    [Test]
    public void A_key_is_written_inside_and_stays_as_it_is_outside()
    {
        using var scratch = new ScratchNetns();
        var outside = File.ReadAllText("/proc/sys/" + Key);
        Sysctl.Read(scratch.Netns.Fd, Key).Should().Be("0");
        Sysctl.Write(scratch.Netns.Fd, Key, "1").Should().BeTrue();
        Sysctl.Read(scratch.Netns.Fd, Key).Should().Be("1");
        Tool.Run("ip", "netns", "exec", scratch.Name, "cat", "/proc/sys/" + Key).Trim().Should().Be("1");
        File.ReadAllText("/proc/sys/" + Key).Should().Be(outside);
        Threads.AllShouldBeAtHome();
    }

    [Test]
    public void A_key_that_is_not_there_is_answered_so()
    {
        using var scratch = new ScratchNetns();
        Sysctl.Write(scratch.Netns.Fd, "net/ipv6/conf/nodev/disable_ipv6", "1").Should().BeFalse();
        Sysctl.Read(scratch.Netns.Fd, "net/ipv6/conf/nodev/disable_ipv6").Should().BeNull();
    }
}
