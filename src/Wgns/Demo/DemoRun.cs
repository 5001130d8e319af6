using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Wgns.Firewall;
using Wgns.Lifecycle;
using Wgns.Linux.Files;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.Sockets;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Demo;

/// <summary>The newcomer's minute: a provider, a namespace made by `up`, and what holds when the tunnel is cut.</summary>
/// <param name="self">How this program is started: its path, and what an interpreter needs before the verb.</param>
public sealed partial class DemoRun(NamespaceHost host, IDemoObserver observer, ImmutableArray<string> self)
{
    /// <summary>An engine other than ours may notice only after a second that its device is up; the rest is for slow machines.</summary>
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(8);

    private readonly DemoRemains _remains = new(host);
    private readonly InsideProgram _inside = new(self, DemoConfig.Namespace);
    private int _held;
    private int _failed;

    /// <summary>Runs it all, and cleans up whatever comes of it.</summary>
    /// <exception cref="OperationFailedException">It could not be shown: no engine, another demo, names that are taken.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>, after cleaning up.</exception>
    public DemoOutcome Run(CancellationToken stop)
    {
        host.Paths.CreateState();
        using var only = FileLock.TryTake($"{host.Paths.State}/.demo.lock", TimeSpan.Zero)
            ?? throw new OperationFailedException("another `wgns demo` is running");
        IReadOnlyList<string> left = [];
        try
        {
            ClearEarlier();
            Show(stop);
        }
        finally
        {
            var clock = Stopwatch.StartNew();
            left = _remains.Clear();
            only.Unlink();
            Tell(left, clock.Elapsed);
        }

        return new DemoOutcome(_held, _failed, left);
    }

    private void Show(CancellationToken stop)
    {
        using var links = Rtnl.Open();
        var provider = MakeProvider(links, stop, out var addresses, out var publicKey);
        using var plain = PacketCounter.Open(PacketFilter.FromOrTo(addresses.Inner.AsSpan()));
        using var encrypted = PacketCounter.Open(PacketFilter.UdpTo(new IPEndPoint(addresses.Uplink, Provider.Port)));
        Configure(addresses, publicKey, stop);
        Up(stop);
        DrawMap(addresses);
        stop.ThrowIfCancellationRequested();
        observer.Begin(DemoPart.Tunnel);
        CheckPage(provider, addresses);
        CheckEncrypted(plain, encrypted, addresses, links);
        stop.ThrowIfCancellationRequested();
        CheckHost(provider, addresses, plain);
        stop.ThrowIfCancellationRequested();
        observer.Begin(DemoPart.KillSwitch);
        CheckKillSwitch(provider, addresses, plain, encrypted, stop);
        stop.ThrowIfCancellationRequested();
    }

    private Provider MakeProvider(Rtnl links, CancellationToken stop, out DemoAddresses addresses, out Linux.WireGuard.WireGuardKey publicKey)
    {
        observer.Begin(DemoPart.Provider);
        var directory = _remains.Directory = DemoDirectory.Create(host.Paths);
        var provider = _remains.Provider = new Provider(directory, host);
        addresses = DemoAddresses.Choose(DemoAddresses.TakenIn(links), provider.HasIPv6);
        var chosen = addresses;
        Timed(() => provider.PlugIn(links, chosen), () => $"a network namespace, and a cable to it: {directory.HostCable} ═ {Provider.Uplink}");
        stop.ThrowIfCancellationRequested();
        using var key = X25519.GeneratePrivateKey();
        using var clientKey = X25519.GeneratePrivateKey();
        directory.WriteKey("client.key", clientKey);
        publicKey = X25519.PublicKeyOf(key);
        Timed(
            () => provider.StartWireGuard(key, X25519.PublicKeyOf(clientKey), chosen),
            () => $"WireGuard in it ({provider.EngineName}), UDP port {Provider.Port}");
        stop.ThrowIfCancellationRequested();
        Timed(
            () => provider.StartServers(chosen),
            () => $"a resolver and a web server at {chosen.Provider}, on the tunnel's side only");
        return provider;
    }

    private void Configure(DemoAddresses addresses, Linux.WireGuard.WireGuardKey provider, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        observer.Begin(DemoPart.Configuration);
        var directory = _remains.Directory!;
        var text = DemoConfig.Text(addresses, $"{directory.Path}/client.key", provider);
        directory.WriteConfig(text);
        observer.Wrote(directory.ConfigPath, text);
    }

    /// <summary>What the verb `up --wait` does, by the same calls.</summary>
    private void Up(CancellationToken stop)
    {
        observer.Begin(DemoPart.Up);
        if (host.Store.Load(DemoConfig.Namespace) is { } record)
        {
            throw new OperationFailedException($"a namespace {DemoConfig.Namespace} is up already, and not of a demo ({record.Config}): `wgns down` it first");
        }

        using var loaded = new ConfigLoader(RulesCheck.DryRunHere).Load(_remains.Directory!.ConfigPath);
        if (loaded.HasErrors)
        {
            throw new OperationFailedException(string.Join("; ", loaded.Diagnostics));
        }

        _remains.MayBeUp = true;
        var report = new NamespaceRun(host, observer.Operations).Up(loaded.Config!, loaded.Keys!, stop: stop);
        _remains.MayBeUp = report.Result is not null;
        stop.ThrowIfCancellationRequested();
        if (!report.Succeeded)
        {
            throw new OperationFailedException(string.Join(
                "; ", [.. report.Diagnostics.Select(d => d.Message), .. report.Obstacles.Select(o => o.Message), .. report.Result?.Failures.Select(f => f.Message) ?? []]));
        }

        Handshake(stop);
    }

    private void Handshake(CancellationToken stop)
    {
        observer.Waiting("waiting for the handshake");
        var clock = Stopwatch.StartNew();
        var missing = HandshakeWait.Until(host, DemoConfig.Namespace, HandshakeLimit, stop);
        stop.ThrowIfCancellationRequested();
        Judge($"{DemoConfig.Namespace} and the provider shake hands", missing.Count == 0, missing.Count == 0
            ? "what `wgns up --wait` waits for"
            : $"not within {HandshakeLimit.TotalSeconds} s", clock.Elapsed);
    }

    private void DrawMap(DemoAddresses addresses)
    {
        observer.Begin(DemoPart.Map);
        var observed = host.Observer.Observe(DemoConfig.Namespace, host.Store.Load(DemoConfig.Namespace), new Scope([], [], Ruleset: false, Processes: null));
        var ifname = observed.Record?.Interfaces.FirstOrDefault()?.Ifname ?? DemoConfig.Namespace;
        observer.Stands(new DemoMap(
            addresses,
            DemoConfig.Namespace,
            ifname,
            observed.Devices.GetValueOrDefault(ifname)?.ListenPort ?? 0,
            _remains.Directory!.HostCable,
            Provider.Uplink,
            Provider.Ifname,
            Provider.Port));
    }

    private void ClearEarlier()
    {
        if (DemoDirectory.Leftovers(host.Paths) is { Count: > 0 } earlier)
        {
            observer.Begin(DemoPart.Leftovers);
            foreach (var directory in earlier)
            {
                Timed(() => _remains.ClearEarlier(directory), () => $"cleaned up after an earlier demo ({directory.Path})");
            }
        }
    }

    private void Timed(Action action, Func<string> what)
    {
        var clock = Stopwatch.StartNew();
        action();
        observer.Did(what(), clock.Elapsed);
    }

    private void Judge(string claim, bool held, string measured, TimeSpan took)
    {
        _ = held ? _held++ : _failed++;
        observer.Checked(new DemoCheck(claim, held, measured, took));
    }

    private void Tell(IReadOnlyList<string> left, TimeSpan took)
    {
        observer.Begin(DemoPart.CleanUp);
        observer.Did(left.Count == 0
            ? "namespace down, provider, cable and files gone: nothing is left"
            : $"something is left: {string.Join("; ", left)}", took);
    }
}
