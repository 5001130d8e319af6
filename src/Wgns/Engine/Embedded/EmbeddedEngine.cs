using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Netlink;
using Wgns.Linux.Processes;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.Time;
using Wgns.Linux.Tun;
using Wgns.WireGuard;
using Wgns.WireGuard.Primitives;

namespace Wgns.Engine.Embedded;

/// <summary>
/// A WireGuard device of this process: its TUN inside a netns, its UDP sockets in the one that the caller is in. Threads of its
/// own: one for each queue of the TUN, one for each version of IP, one for who configures it, and the one that runs
/// <see cref="Run"/>: handshakes and timers.
/// </summary>
public sealed class EmbeddedEngine : IDisposable
{
    private const int MostQueues = 8;

    private readonly Bell _bell = new();
    private readonly Device _device;
    private readonly TunDevice _tun;
    private readonly UdpPorts _ports = new();
    private readonly Wake _wake;
    private readonly HandshakeQueue _handshakes;
    private readonly Carrier _carrier;
    private readonly ConfiguredDevice _configured;
    private readonly UapiSocket _uapi;
    private readonly EngineLog _log;
    private readonly NetnsWatch _watch;
    private readonly Rtnl _inside;
    private readonly FileWatch _socketWatch = new();
    private readonly ProcessWatch? _keeperWatch;
    private readonly string _socket;
    private readonly List<IDisposable> _owned = [];
    private readonly List<DataThread> _threads = [];
    private readonly Thread _answers;
    private string? _reason;

    /// <summary>Makes the TUN and the sockets; nothing is sent before it is configured.</summary>
    /// <param name="netns">Where the TUN is to be.</param>
    /// <param name="socket">Path of the socket by which it is configured.</param>
    /// <param name="keeper">The process that the engine ends with; null lets it outlive everybody.</param>
    /// <param name="log">Gets a line for what happens seldom.</param>
    /// <exception cref="KernelException">EBUSY: the name is taken inside; EPERM; whatever else the kernel says.</exception>
    public EmbeddedEngine(OwnedFd netns, string ifname, string socket, TextWriter log, ProcessIdentity? keeper = null)
    {
        ArgumentNullException.ThrowIfNull(netns);
        _log = new EngineLog(log);
        _socket = socket;
        if (keeper is { } k)
        {
            _keeperWatch = ProcessWatch.TryOpen(k) ?? throw new OperationFailedException($"process {k.Pid}, which it was to end with, has ended");
        }

        _wake = new Wake(_bell);
        _handshakes = new HandshakeQueue(_bell);
        var primitives = new LibcryptoPrimitives();
        _device = new Device(primitives, new KernelRandom());
        var queues = Math.Clamp(Environment.ProcessorCount, 1, MostQueues);
        (_tun, _inside) = NetnsThread.Run(netns, () => (TunDevice.Open(ifname, queues), new Rtnl(NetlinkSocket.Open(NetlinkProtocol.Route))));
        _watch = NetnsWatch.Routing(netns);
        _carrier = NewCarrier();
        _configured = new ConfiguredDevice(_device, _ports, NewCarrier(), _log);
        ReadMtu();
        foreach (var queue in _tun.Queues)
        {
            var aead = Own(primitives.CreateAead());
            var pump = new OutboundPump(_device, aead, queue, _ports.Bind, NewCarrier());
            _threads.Add(Own(new DataThread("outbound", queue.Fd, aead, pump.Step, Gone)));
        }

        ImmutableArray<ITunQueue> towards = [.. _tun.Queues];
        foreach (var udp in new[] { _ports.IPv4, _ports.IPv6 })
        {
            if (udp is not null)
            {
                var aead = Own(primitives.CreateAead());
                var pump = Own(new InboundPump(_device, aead, udp, new Joining(towards, _tun.SegmentsUdp), _handshakes, NewCarrier()));
                _threads.Add(Own(new DataThread("inbound", udp.Fd, aead, pump.Step, Gone)));
            }
        }

        _ports.Rebound = () => _threads.ForEach(t => t.LookAgain());
        _uapi = new UapiSocket(socket);
        _socketWatch.AddItself(socket);
        _answers = new Thread(() => _uapi.Run(_configured, _log)) { Name = "answers", IsBackground = true };
    }

    /// <summary>Runs until <see cref="End"/>, or until the TUN or the socket's path is gone.</summary>
    public void Run()
    {
        _threads.ForEach(t => t.Start());
        _answers.UnsafeStart();
        _log.Write($"{_tun.Ifname} is there, configured by {_socket}");
        IReadOnlyList<IEventSource> sources = [.. ((IEventSource?[])[_bell, _watch, _socketWatch, _keeperWatch]).OfType<IEventSource>()];
        while (Volatile.Read(ref _reason) is null)
        {
            TakeHandshakes();
            Tick();
            var patience = _wake.At == TimeSpan.MaxValue ? TimeSpan.MaxValue : _wake.At - BootClock.Now;
            foreach (var source in Sleep.Until(sources, patience))
            {
                if (source == _watch)
                {
                    ReadMtu();
                }
                else if (source == _keeperWatch)
                {
                    End("who kept the namespace has ended");
                }
                else if (source == _socketWatch && !File.Exists(_socket))
                {
                    End("its socket was removed");
                }
            }
        }

        _log.Write($"the end: {_reason}");
    }

    /// <summary>From any thread.</summary>
    public void End(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        _bell.Ring();
    }

    /// <summary>Wipes all keys. The TUN goes with it, and with that whatever way out of the netns it was.</summary>
    public void Dispose()
    {
        _threads.ForEach(t => t.End());
        _uapi.Dispose();
        if (_answers.IsAlive)
        {
            _answers.Join();
        }

        _owned.ForEach(o => o.Dispose());
        _configured.Dispose();
        _device.Dispose();
        _tun.Dispose();
        _ports.Dispose();
        _watch.Dispose();
        _inside.Dispose();
        _socketWatch.Dispose();
        _keeperWatch?.Dispose();
        _bell.Dispose();
    }

    private T Own<T>(T thing)
        where T : IDisposable
    {
        _owned.Add(thing);
        return thing;
    }

    private Carrier NewCarrier() => new(_ports.Bind, _tun.Queues[0], _wake);

    private void Gone(KernelException e) => End(e.Message);

    private void ReadMtu()
    {
        if (_inside.GetLink(_tun.Ifname) is { } link)
        {
            _device.Mtu = link.Mtu;
        }
        else
        {
            End("its TUN is gone");
        }
    }

    private void TakeHandshakes()
    {
        Span<byte> message = stackalloc byte[HandshakeQueue.MaxLength];
        while (_handshakes.Take(BootClock.Now, message, out var source, out var underLoad) is > 0 and var length)
        {
            _device.Receive(ConfiguredDevice.Now, message[..length], source, underLoad, _carrier.Actions);
            _carrier.CarryOut();
        }
    }

    private void Tick()
    {
        if (_wake.At <= BootClock.Now)
        {
            _wake.Reset();
            _device.Tick(ConfiguredDevice.Now, _carrier.Actions);
            _carrier.CarryOut();
        }
    }
}
