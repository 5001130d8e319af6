namespace Wgns.WireGuard;

/// <summary>What a device wants done.</summary>
public enum ActionKind
{
    /// <summary>Send the bytes to the endpoint.</summary>
    Send,

    /// <summary>Deliver the bytes, an IP packet from the peer.</summary>
    Deliver,

    /// <summary>Call <see cref="Device.Tick"/> at <see cref="DeviceAction.At"/>, and no more at the time said before.</summary>
    SetTimer,

    /// <summary>There is a new session with the peer.</summary>
    HandshakeComplete,

    /// <summary>The peer does not answer; what waited for it is dropped.</summary>
    HandshakeAbandoned,

    /// <summary>The peer is reached at <see cref="DeviceAction.Endpoint"/> from now on.</summary>
    EndpointChanged,

    /// <summary>The peer's keys have been wiped: there was no handshake for three times REJECT_AFTER_TIME.</summary>
    KeysWiped,
}

/// <summary>One thing to do; its bytes are in the list it is from.</summary>
/// <param name="Peer">Null for a cookie reply, and for <see cref="ActionKind.SetTimer"/>.</param>
/// <param name="At">For <see cref="ActionKind.SetTimer"/>; <see cref="TimeSpan.MaxValue"/> for never.</param>
public readonly record struct DeviceAction(ActionKind Kind, Peer? Peer, Endpoint Endpoint, TimeSpan At, int Start, int Length);
