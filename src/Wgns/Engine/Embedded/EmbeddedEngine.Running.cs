using Wgns.Linux.Events;
using Wgns.Linux.Processes;
using Wgns.Linux.Time;
using Wgns.WireGuard;

namespace Wgns.Engine.Embedded;

// The first thread: handshakes, timers, and what becomes of the engine.
public sealed partial class EmbeddedEngine
{
    /// <summary>Until what only the start, or answers, needed is given back: whoever starts it, or asks it, often asks once more.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private bool _hasAnswered;

    /// <summary>Runs until <see cref="End"/>, or until the TUN or the socket's path is gone.</summary>
    public void Run()
    {
        // Before anybody can be answered: what was configured stands, closed, however this process ends.
        if (!_tun.TryPersist(true))
        {
            End("its TUN is gone");
        }

        // First, for somebody waits to be answered; packets come after.
        _answers.Begin();
        _threads.ForEach(t => t.Start());
        _log.Write($"{_tun.Ifname} is there, configured by {_socket}");
        IReadOnlyList<IEventSource> sources = [.. ((IEventSource?[])[_bell, _watch, _socketWatch, _keeperWatch]).OfType<IEventSource>()];
        var settled = BootClock.Now + Settling;
        var isYoung = true;
        HandshakeQueue.Receiver takeHandshake = TakeHandshake;
        while (Volatile.Read(ref _reason) is null)
        {
            _handshakes.TakeWaiting(static () => BootClock.Now, takeHandshake);
            Tick();
            if (settled <= BootClock.Now)
            {
                settled = TimeSpan.MaxValue;
                GiveBack(isYoung);
                isYoung = false;
            }
            else if (settled == TimeSpan.MaxValue && Volatile.Read(ref _hasAnswered))
            {
                settled = BootClock.Now + Settling;
            }

            var next = _wake.At < settled ? _wake.At : settled;
            var patience = next == TimeSpan.MaxValue ? TimeSpan.MaxValue : next - BootClock.Now;
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

    /// <summary>On the thread that answers.</summary>
    private void Answered()
    {
        Volatile.Write(ref _hasAnswered, true);
        _bell.Ring();
    }

    /// <summary>What an answer leaves behind would else stay until as much has come together as the processor caches.</summary>
    private void GiveBack(bool withCode)
    {
        Volatile.Write(ref _hasAnswered, false);
        if (!withCode)
        {
            GC.Collect();
            return;
        }

        try
        {
            OwnMemory.Trim();
        }
        catch (IOException e)
        {
            // An economy, of which no descriptor for a look at /proc is left.
            _log.Write($"memory is not given back: {e.Message}");
        }
    }

    private void TakeHandshake(Span<byte> message, in Endpoint source, bool underLoad)
    {
        _device.Receive(ConfiguredDevice.Now, message, source, underLoad, _carrier.Actions);
        _carrier.CarryOut();
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
