namespace Wgns.WireGuard;

/// <summary>
/// A peer's five timers (the paper, 6; the kernel's timers.c), as moments at which they are due, 0 for never. Data threads arm
/// and disarm them by single writes once for a batch; the device's Tick looks which are due. Methods that arm say whether the
/// device must be woken earlier than it was to be.
/// </summary>
internal sealed class Timers(WakeTime wake)
{
    private long _retransmit;
    private long _keepalive;
    private long _renew;
    private long _wipe;
    private long _persistent;
    private long _persistentInterval;
    private int _wantsAnotherKeepalive;
    private uint _jitter;

    /// <summary>How often an initiation was repeated, since the last success or the last packet that asked for one.</summary>
    internal int Attempts { get; set; }

    /// <summary>A renewal was asked for because the session soon ends: once for each session.</summary>
    internal bool AskedBeforeTheEnd { get; set; }

    /// <summary>0 for none.</summary>
    internal TimeSpan PersistentInterval => new(Volatile.Read(ref _persistentInterval));

    /// <summary>Jitter is there to part two sides, not to be unpredictable; its seed comes from the device's randomness.</summary>
    internal void Seed(uint seed) => _jitter = seed;

    internal bool SetPersistentInterval(TimeSpan now, TimeSpan interval)
    {
        Volatile.Write(ref _persistentInterval, interval.Ticks);
        Volatile.Write(ref _persistent, 0);
        return interval > TimeSpan.Zero && Arm(ref _persistent, now + interval);
    }

    /// <summary>A packet was sent: if nothing comes back for a while, the session is dead.</summary>
    internal bool DataSent(TimeSpan now) =>
        Volatile.Read(ref _renew) == 0
        && ArmIfIdle(ref _renew, now + Constants.KeepaliveTimeout + Constants.RekeyTimeout + Jitter());

    /// <summary>A packet came: if we send nothing for a while, the other side cannot know that it arrived.</summary>
    internal bool DataReceived(TimeSpan now)
    {
        if (Volatile.Read(ref _keepalive) == 0)
        {
            return ArmIfIdle(ref _keepalive, now + Constants.KeepaliveTimeout);
        }

        if (Volatile.Read(ref _wantsAnotherKeepalive) == 0)
        {
            Volatile.Write(ref _wantsAnotherKeepalive, 1);
        }

        return false;
    }

    /// <summary>Anything authenticated was sent, an initiation too.</summary>
    internal bool AnySent(TimeSpan now)
    {
        Disarm(ref _keepalive);
        return Traversal(now);
    }

    /// <summary>Anything authenticated came.</summary>
    internal bool AnyReceived(TimeSpan now)
    {
        Disarm(ref _renew);
        return Traversal(now);
    }

    internal bool InitiationSent(TimeSpan now) => Arm(ref _retransmit, now + Constants.RekeyTimeout + Jitter());

    /// <summary>An initiation is wanted and must not be sent yet: then it is tried again, unless it is to be anyway.</summary>
    internal bool InitiationHeldBack(TimeSpan now) => ArmIfIdle(ref _retransmit, now + Constants.RekeyTimeout + Jitter());

    internal void HandshakeComplete()
    {
        Disarm(ref _retransmit);
        Attempts = 0;
        AskedBeforeTheEnd = false;
    }

    internal bool SessionDerived(TimeSpan now) => Arm(ref _wipe, now + (Constants.RejectAfterTime * 3));

    /// <summary>Nobody answered: what keys there are may not stay for ever.</summary>
    internal bool WipeEventually(TimeSpan now) => ArmIfIdle(ref _wipe, now + (Constants.RejectAfterTime * 3));

    internal bool IsRetransmitDue(TimeSpan now) => TakeIfDue(ref _retransmit, now);

    internal bool IsRenewDue(TimeSpan now) => TakeIfDue(ref _renew, now);

    internal bool IsWipeDue(TimeSpan now) => TakeIfDue(ref _wipe, now);

    internal bool IsPersistentDue(TimeSpan now) => TakeIfDue(ref _persistent, now);

    internal bool IsKeepaliveDue(TimeSpan now) => TakeIfDue(ref _keepalive, now);

    /// <summary>After a keepalive was sent for what came first: what came later wants one too.</summary>
    internal bool KeepaliveSent(TimeSpan now) =>
        Interlocked.Exchange(ref _wantsAnotherKeepalive, 0) != 0 && ArmIfIdle(ref _keepalive, now + Constants.KeepaliveTimeout);

    /// <summary>Nobody answered: there is nobody to keep alive.</summary>
    internal void DropKeepalive() => Disarm(ref _keepalive);

    internal void Stop()
    {
        Disarm(ref _retransmit);
        Disarm(ref _keepalive);
        Disarm(ref _renew);
        Disarm(ref _wipe);
        Disarm(ref _persistent);
    }

    /// <summary>Lets the device be woken for whatever is armed.</summary>
    internal void Announce()
    {
        Announce(Volatile.Read(ref _retransmit));
        Announce(Volatile.Read(ref _keepalive));
        Announce(Volatile.Read(ref _renew));
        Announce(Volatile.Read(ref _wipe));
        Announce(Volatile.Read(ref _persistent));
    }

    private void Announce(long at)
    {
        if (at != 0)
        {
            wake.Lower(at);
        }
    }

    private bool Traversal(TimeSpan now)
    {
        var interval = PersistentInterval;
        return interval > TimeSpan.Zero && Arm(ref _persistent, now + interval);
    }

    private bool Arm(ref long timer, TimeSpan at)
    {
        // A full fence: either Tick, which resets the wake time and then reads the timers, sees this one, or this sees the reset.
        Interlocked.Exchange(ref timer, at.Ticks);
        return wake.Lower(at.Ticks);
    }

    private bool ArmIfIdle(ref long timer, TimeSpan at) =>
        Interlocked.CompareExchange(ref timer, at.Ticks, 0) == 0 && wake.Lower(at.Ticks);

    private static void Disarm(ref long timer)
    {
        // Read first: a write each time would move the cache line from thread to thread for nothing.
        if (Volatile.Read(ref timer) != 0)
        {
            Volatile.Write(ref timer, 0);
        }
    }

    private static bool TakeIfDue(ref long timer, TimeSpan now)
    {
        var at = Volatile.Read(ref timer);
        return at != 0 && at <= now.Ticks && Interlocked.CompareExchange(ref timer, 0, at) == at;
    }

    private TimeSpan Jitter()
    {
        // A lost update between two threads is as random as any other.
        _jitter = (_jitter * 1664525) + 1013904223;
        return TimeSpan.FromTicks(Constants.MaxJitter.Ticks * (_jitter >> 16) >> 16);
    }
}
