namespace Wgns.WireGuard;

/// <summary>
/// What a device wants done, in order. The caller's, who carries it out, clears it and uses it again: nothing is allocated once it
/// has grown to the size that is needed. One thread at a time.
/// </summary>
public sealed class ActionList
{
    private DeviceAction[] _actions = new DeviceAction[16];
    private byte[] _bytes = new byte[2048];
    private int _used;

    public int Count { get; private set; }

    public ReadOnlySpan<DeviceAction> Actions => _actions.AsSpan(0, Count);

    /// <summary>A message's bytes, or a packet's, until the next <see cref="Clear"/> or call with this list.</summary>
    public ReadOnlySpan<byte> BytesOf(in DeviceAction action) => _bytes.AsSpan(action.Start, action.Length);

    public void Clear()
    {
        // Delivered packets were secret to the network.
        _bytes.AsSpan(0, _used).Clear();
        _actions.AsSpan(0, Count).Clear();
        (Count, _used) = (0, 0);
    }

    internal void Add(ActionKind kind, Peer peer) => Append(new DeviceAction(kind, peer, default, default, 0, 0));

    internal void AddTimer(TimeSpan at) => Append(new DeviceAction(ActionKind.SetTimer, null, default, at, 0, 0));

    internal void AddRoamed(Peer peer, in Endpoint endpoint) =>
        Append(new DeviceAction(ActionKind.EndpointChanged, peer, endpoint, default, 0, 0));

    /// <summary>Room for bytes that <see cref="AddSend"/> or <see cref="AddDeliver"/> then takes, all or the first of them.</summary>
    internal Span<byte> Reserve(int length)
    {
        if (_bytes.Length - _used < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + length));
        }

        var room = _bytes.AsSpan(_used, length);
        room.Clear();
        return room;
    }

    internal void AddSend(Peer? peer, in Endpoint endpoint, int length)
    {
        Append(new DeviceAction(ActionKind.Send, peer, endpoint, default, _used, length));
        _used += length;
    }

    internal void AddDeliver(Peer peer, ReadOnlySpan<byte> packet)
    {
        packet.CopyTo(Reserve(packet.Length));
        Append(new DeviceAction(ActionKind.Deliver, peer, default, default, _used, packet.Length));
        _used += packet.Length;
    }

    private void Append(in DeviceAction action)
    {
        if (Count == _actions.Length)
        {
            Array.Resize(ref _actions, Count * 2);
        }

        _actions[Count++] = action;
    }
}
