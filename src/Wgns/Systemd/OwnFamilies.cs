namespace Wgns.Systemd;

/// <summary>What a unit's own RestrictAddressFamilies= says (systemd.exec(5)).</summary>
public enum OwnFamilies
{
    /// <summary>Nothing: sockets of every family can be made.</summary>
    Unsaid,

    /// <summary>A list, of what may be or of what may not; a further one takes from it.</summary>
    Some,

    /// <summary>No socket at all. Not a list to systemd: "~AF_VSOCK" after it would allow every other family.</summary>
    None,
}
