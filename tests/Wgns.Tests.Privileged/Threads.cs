using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Privileged;

/// <summary>Law 7's witness: in which netns each thread of this process is, as the kernel says.</summary>
internal static class Threads
{
    /// <summary>Fails where a thread is anywhere but in the main thread's netns, a moment's grace given.</summary>
    internal static void AllShouldBeAtHome()
    {
        using var home = Netns.OpenPath("/proc/self/ns/net");
        var until = DateTime.UtcNow.AddSeconds(2);
        string[] strangers;
        do
        {
            strangers = Strangers(home.Identity.ToString());
        }
        while (strangers.Length > 0 && DateTime.UtcNow < until);
        strangers.Should().BeEmpty("a thread that stays in a netns takes the host's traffic there");
    }

    internal static string[] Strangers(string home) =>
        [.. Directory.GetDirectories("/proc/self/task").Where(task => Link(task) is { } link && link != home)];

    private static string? Link(string task)
    {
        try
        {
            return new FileInfo(task + "/ns/net").LinkTarget;
        }
        catch (IOException)
        {
            return null; // ended while we looked
        }
    }
}
