namespace Wgns.WireGuard;

/// <summary>
/// What a batch leaves to be done by <see cref="Device.React"/>, because it takes the device's gate or milliseconds. Nothing, for
/// nearly every batch.
/// </summary>
[Flags]
public enum FollowUps
{
    None = 0,

    /// <summary>A timer is due earlier than the device was to be woken.</summary>
    Wake = 1,

    /// <summary>The session is used up or soon will be.</summary>
    Handshake = 2,

    /// <summary>The first message of a session that we answered for: it may be used, and what waits be sent.</summary>
    Confirmed = 4,

    /// <summary>The peer's messages come from another endpoint than before; it is already in use.</summary>
    Roamed = 8,
}
