using Wgns.Firewall;
using Wgns.Lifecycle;
using Wgns.Linux.WireGuard;
using Wgns.Resolution;

namespace Wgns.Tests.Privileged;

/// <summary>What the commands do, in this process: faster than starting one, and for law 7's test.</summary>
internal static class InProcess
{
    internal static RunReport Up(Lab lab) => lab.Remembering(() =>
    {
        using var host = new NamespaceHost(RuntimePaths.System, X25519.PublicKeyOf, Lookup.System);
        using var loaded = new ConfigLoader(RulesCheck.DryRunHere).Load(lab.Config);
        var report = new NamespaceRun(host).Up(loaded.Config!, loaded.Keys!);
        report.Succeeded.Should().BeTrue("up must work: {0}", Words(report));
        return report;
    });

    internal static RunReport Down(Lab lab)
    {
        lab.Remember();
        using var host = new NamespaceHost(RuntimePaths.System, X25519.PublicKeyOf, Lookup.System);
        var report = new NamespaceRun(host).Down(lab.Name, isShared: lab.Extra.Contains("managed = false", StringComparison.Ordinal));
        report.Succeeded.Should().BeTrue("down must work: {0}", Words(report));
        return report;
    }

    private static string Words(RunReport report) => string.Join("; ",
    [
        .. report.Obstacles.Select(o => o.Message),
        .. report.Diagnostics.Select(d => d.Message),
        .. report.Result?.Failures.Select(f => $"{f.Operation.Describe()}: {f.Message}") ?? [],
        .. report.Result?.UndoFailures.Select(f => $"undo: {f.Operation.Describe()}: {f.Message}") ?? [],
    ]);
}
