using Wgns.Engine;
using Wgns.Lifecycle;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;

namespace Wgns.Demo;

/// <summary>What there is to clean up, however far a demo has come.</summary>
internal sealed class DemoRemains(NamespaceHost host)
{
    internal DemoDirectory? Directory { get; set; }

    internal Provider? Provider { get; set; }

    /// <summary>True from just before the client's `up`.</summary>
    internal bool MayBeUp { get; set; }

    /// <summary>Takes everything away, going on past what fails.</summary>
    /// <returns>What could not be done, in words.</returns>
    internal IReadOnlyList<string> Clear()
    {
        var problems = new List<string>();
        if (MayBeUp)
        {
            Try(problems, Down);
        }

        Try(problems, () => Provider?.StopWireGuard());
        Try(problems, () => Unplug(Directory));
        Try(problems, () => Provider?.Dispose());

        // The directory is what the next demo finds the rest by.
        if (problems.Count == 0)
        {
            Try(problems, () => Directory?.Remove());
        }

        return problems;
    }

    /// <summary>After a demo that was killed: its namespace, its provider's engine, which holds the provider's netns, its cable.</summary>
    internal void ClearEarlier(DemoDirectory earlier)
    {
        if (host.Store.Load(DemoConfig.Namespace) is { } record && record.Config == earlier.ConfigPath)
        {
            Down();
        }

        if (earlier.RecordedEngine(host.Paths) is { } engine)
        {
            using var links = Rtnl.Open();
            EngineProcess.Stop(engine, links);
        }

        Unplug(earlier);
        earlier.Remove();
    }

    private static void Unplug(DemoDirectory? directory)
    {
        using var links = Rtnl.Open();
        if (directory is not null && links.GetLink(directory.HostCable) is { } cable)
        {
            links.DelLink(cable);
        }
    }

    private static void Try(List<string> problems, Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // whatever it is, it is reported, and must not keep the rest from being cleaned up
        catch (Exception e)
#pragma warning restore CA1031
        {
            problems.Add(e.Message);
        }
    }

    /// <summary>As the verb does. Nothing of ours is inside any more, and somebody else's shell must not keep it.</summary>
    private void Down()
    {
        var report = new NamespaceRun(host).Down(DemoConfig.Namespace, force: true);
        if (!report.Succeeded)
        {
            throw new OperationFailedException(string.Join(
                "; ", [.. report.Obstacles.Select(o => o.Message), .. report.Result?.Failures.Select(f => f.Message) ?? []]));
        }
    }
}
