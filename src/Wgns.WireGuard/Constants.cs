namespace Wgns.WireGuard;

/// <summary>The numbers of the paper's table in 6.1, and of the kernel's drivers/net/wireguard/messages.h.</summary>
public static class Constants
{
    /// <summary>REKEY_AFTER_MESSAGES: a session that has sent as many is renewed.</summary>
    public const ulong RekeyAfterMessages = 1UL << 60;

    /// <summary>REJECT_AFTER_MESSAGES: a session sends and takes no more: 2^64 - 2^13 - 1.</summary>
    public const ulong RejectAfterMessages = ulong.MaxValue - (1UL << 13);

    /// <summary>MAX_TIMER_HANDSHAKES: how often an initiation is repeated: REKEY_ATTEMPT_TIME / REKEY_TIMEOUT.</summary>
    public const int MaxAttempts = 90 / 5;

    /// <summary>MAX_STAGED_PACKETS: how many packets of a peer wait for a session; then the oldest are dropped.</summary>
    public const int MaxStagedPackets = 128;

    /// <summary>INITIATIONS_PER_SECOND: more of them are not taken from one peer.</summary>
    public const int InitiationsPerSecond = 50;

    /// <summary>REKEY_AFTER_TIME: the initiator renews a session as old as this.</summary>
    public static readonly TimeSpan RekeyAfterTime = TimeSpan.FromSeconds(120);

    /// <summary>REJECT_AFTER_TIME: a session as old as this sends and takes no more. Three times as long after the last, all keys are wiped.</summary>
    public static readonly TimeSpan RejectAfterTime = TimeSpan.FromSeconds(180);

    /// <summary>REKEY_TIMEOUT: an initiation without a response is repeated; and none follows another faster.</summary>
    public static readonly TimeSpan RekeyTimeout = TimeSpan.FromSeconds(5);

    /// <summary>REKEY_TIMEOUT_JITTER_MAX_JIFFIES: a third of a second, so that two sides that began at once do not go on so.</summary>
    public static readonly TimeSpan MaxJitter = TimeSpan.FromMilliseconds(333);

    /// <summary>KEEPALIVE_TIMEOUT: who received and had nothing to send sends an empty message.</summary>
    public static readonly TimeSpan KeepaliveTimeout = TimeSpan.FromSeconds(10);

    /// <summary>COOKIE_SECRET_MAX_AGE: a cookie is good for as long, and the secret behind it is changed as often.</summary>
    public static readonly TimeSpan CookieMaxAge = TimeSpan.FromSeconds(120);

    /// <summary>COOKIE_SECRET_LATENCY: its user stops using it so much earlier, for the time it spends on the way.</summary>
    public static readonly TimeSpan CookieLatency = TimeSpan.FromSeconds(5);
}
