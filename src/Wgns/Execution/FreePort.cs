using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Wgns.Linux.Events;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Linux.Sockets;

namespace Wgns.Execution;

/// <summary>Whether a UDP port can be had by an engine.</summary>
internal static class FreePort
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The kernel refuses to bring up a device whose port is taken. An engine binds it when its link comes up, and says
    /// what went wrong to its log only: the tunnel would stand there, dead.
    /// </summary>
    internal static void Check(ushort port, Netns? birthplace)
    {
        // An engine that has just let go of it has it until its last thread looks up from the old socket.
        var since = Stopwatch.GetTimestamp();
        while (IsTaken(port, birthplace))
        {
            if (TimeLeft.Of(Patience, since) == TimeSpan.Zero)
            {
                throw new OperationFailedException(
                    $"UDP port {port} is in use by another program (`ss -lunp sport = {port}` shows it): set another listenPort");
            }

            Thread.Sleep(10);
        }
    }

    private static bool IsTaken(ushort port, Netns? birthplace)
    {
        foreach (var any in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            try
            {
                using var probe = birthplace is null
                    ? Threads.WithRuntimes(() => new Socket(any.AddressFamily, SocketType.Dgram, ProtocolType.Udp))
                    : NetnsSockets.Udp(birthplace.Fd, any.AddressFamily == AddressFamily.InterNetworkV6);
                if (any.AddressFamily == AddressFamily.InterNetworkV6)
                {
                    probe.DualMode = false;
                }

                probe.Bind(new IPEndPoint(any, port));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                return true;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
            {
                // A machine without that version of IP.
            }
        }

        return false;
    }
}
