using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Namespaces;
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
public sealed partial class EmbeddedEngine : IDisposable
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
    private bool _leavesTun;

    /// <summary>Makes the TUN and the sockets; nothing is sent before it is configured.</summary>
    /// <param name="primitives">The cryptography.</param>
    /// <param name="netns">Where the TUN is to be.</param>
    /// <param name="socket">Path of the socket by which it is configured.</param>
    /// <param name="keeper">The process that the engine ends with; null lets it outlive everybody.</param>
    /// <param name="log">Gets a line for what happens seldom.</param>
    /// <param name="takesOver">The ifindex of a device that an engine of this socket left, to go on with; null makes a new one.</param>
    /// <exception cref="KernelException">EBUSY: the name is taken inside; EPERM; whatever else the kernel says.</exception>
    /// <exception cref="OperationFailedException">The keeper has ended, or the device cannot be taken over.</exception>
    public EmbeddedEngine(
        LibcryptoPrimitives primitives, OwnedFd netns, string ifname, string socket, TextWriter log, ProcessIdentity? keeper = null, int? takesOver = null)
    {
        ArgumentNullException.ThrowIfNull(primitives);
        ArgumentNullException.ThrowIfNull(netns);
        _log = new EngineLog(log);
        _socket = socket;
        if (keeper is { } k)
        {
            _keeperWatch = ProcessWatch.TryOpen(k) ?? throw new OperationFailedException($"process {k.Pid}, which it was to end with, has ended");
        }

        _wake = new Wake(_bell);
        _handshakes = new HandshakeQueue(_bell);
        _device = new Device(primitives, new KernelRandom());
        var queues = Math.Clamp(Environment.ProcessorCount, 1, MostQueues);
        using var standby = NetnsThread.Standby();
        var mark = EngineTun.MarkOf(socket);
        (_tun, _inside) = takesOver is { } index ? EngineTun.TakeOver(netns, ifname, mark, index, queues) : EngineTun.Make(netns, ifname, mark, queues);
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
        _answers = new Thread(() => _uapi.Run(_configured, _log, Answered)) { Name = "answers", IsBackground = true };
    }

    /// <summary>From any thread: as <see cref="End"/>, and leaves the TUN, without a way out, to the end of its netns or to another engine.</summary>
    public void EndWithoutTun()
    {
        Volatile.Write(ref _leavesTun, true);
        End("its TUN stays");
    }

    /// <summary>From any thread.</summary>
    public void End(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        _bell.Ring();
    }

    /// <summary>Wipes all keys. The TUN goes with it, unless it is to be left.</summary>
    public void Dispose()
    {
        _threads.ForEach(t => t.AskToEnd());
        _threads.ForEach(t => t.Join());
        _uapi.Dispose();
        if (_answers.IsAlive)
        {
            _answers.Join();
        }

        _owned.ForEach(o => o.Dispose());
        _configured.Dispose();
        _device.Dispose();
        _ports.Dispose();
        if (!Volatile.Read(ref _leavesTun))
        {
            // False where somebody was quicker.
            _ = _tun.TryPersist(false);
        }

        _tun.Dispose();
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
}
