using Wgns.Linux.Namespaces;

namespace Wgns.Tests.Privileged;

/// <summary>A fresh netns with a name that is no one else's, gone when the test ends.</summary>
internal sealed class ScratchNetns : IDisposable
{
    private static int _count;

    internal ScratchNetns()
    {
        Name = NewName();
        Netns = new NetnsDirectory().TryCreate(Name)!;
        Netns.Should().NotBeNull();
    }

    internal string Name { get; }

    internal Netns Netns { get; }

    internal static string NewName() => $"wgnst{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";

    public void Dispose()
    {
        Netns.Dispose();
        new NetnsDirectory().Delete(Name);
    }
}
