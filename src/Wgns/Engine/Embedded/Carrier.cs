using Wgns.Linux.Sockets;
using Wgns.Linux.Tun;
using Wgns.WireGuard;

namespace Wgns.Engine.Embedded;

/// <summary>Does what a device wants done. One for each thread.</summary>
internal sealed class Carrier(Bind bind, ITunQueue tun, Wake wake)
{
    /// <summary>For the calls of this thread; carried out and cleared by <see cref="CarryOut"/>.</summary>
    internal ActionList Actions { get; } = new();

    internal void CarryOut()
    {
        foreach (ref readonly var action in Actions.Actions)
        {
            var bytes = Actions.BytesOf(action);
            switch (action.Kind)
            {
                case ActionKind.Send:
                    bind.Send(bytes, [new Datagram(0, bytes.Length, 0, action.Endpoint)]);
                    break;
                case ActionKind.Deliver:
                    _ = tun.Write(default, bytes, [new Slice(0, bytes.Length)]);
                    break;
                case ActionKind.SetTimer:
                    wake.NotAfter(action.At);
                    break;
                default:
                    // What else it tells is for who asks: sessions and endpoints are read from the peers.
                    break;
            }
        }

        Actions.Clear();
    }
}
