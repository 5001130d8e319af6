namespace Wgns.WireGuard;

/// <summary>
/// A packet or a message in a batch's buffer. To <see cref="Device.Seal"/> goes the place of the message with the packet's
/// length, and the message's comes back; to <see cref="Device.Open"/> goes a message, and the packet's place comes back, with
/// length 0 where there is nothing to deliver.
/// </summary>
public record struct Slice(int Start, int Length);
