using System.Globalization;

namespace Wgns.Tests.Privileged;

/// <summary>tests/tools/talker: a small program in C, since it must be inside from the first instant and start no thread there.</summary>
internal static class Talker
{
    private static readonly Lazy<string> s_path = new(Compile);

    /// <summary>Ignores the test where there is no C compiler.</summary>
    internal static string Path => s_path.Value;

    /// <summary>Where it shoots at: the neighbourhood's addresses, nobody's, the tunnel's.</summary>
    internal static string[] Targets => ["192.0.2.1", "198.51.100.9", "10.99.0.1", "2001:db8:1::1", "2001:db8:9::9", "fd99::1"];

    /// <summary>Every kind of packet that it sends without being told a link.</summary>
    internal static IReadOnlyList<string> Kinds =>
    [
        "udp", "tcp", "dns", "dns-tcp", "dns-tls", "ping", "raw", "udplite", "udp6", "tcp6", "dns6", "dns6-tcp", "dns6-tls", "ping6", "raw6",
        "broadcast", "mdns", "llmnr", "ssdp",
    ];

    /// <summary>And by each link there is but lo.</summary>
    internal static IReadOnlyList<string> KindsOfLinks => ["packet", "bound", "bound-broadcast", "all-nodes", "mdns6", "llmnr6", "ping6-all"];

    /// <summary>Waits until one that shoots without end has sent everything three times more, from now on.</summary>
    internal static void SomeRounds(Running shooting)
    {
        int Said() => shooting.Lines().Split('\n').Count(l => l == "rounds");
        shooting.Hear("inside");
        var before = Said();
        shooting.Signal("USR1");
        Until.True(() => Said() > before || shooting.HasEnded, 20);
        Said().Should().BeGreaterThan(before, "a program that sends nothing shows nothing; it said: {0}", shooting.Lines());
    }

    /// <summary>What one that shot says at its end: how often it tried each kind.</summary>
    internal static void ShouldHaveTriedEverything(Answer end)
    {
        var tried = end.Output.Split('\n').Select(l => l.Split(' ')).Where(l => l.Length == 3)
            .ToDictionary(l => l[0], l => long.Parse(l[1], CultureInfo.InvariantCulture));
        tried.Keys.Should().Contain(Kinds, "a program that sends nothing shows nothing");
    }

    private static string Compile()
    {
        var output = TestContext.CurrentContext.TestDirectory;
        var root = output[..output.IndexOf("/tests/", StringComparison.Ordinal)];
        var program = System.IO.Path.Combine(output, "talker");
        try
        {
            Tool.Run("gcc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, $"{root}/tests/tools/talker/talker.c");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("gcc is not installed, so the talker cannot be made");
        }

        return program;
    }
}
