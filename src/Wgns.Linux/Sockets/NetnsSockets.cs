using System.Net.Sockets;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Sockets;

/// <summary>Sockets of another netns. A socket stays in the netns it was made in, whoever uses it from wherever.</summary>
public static class NetnsSockets
{
    /// <summary>Makes an unbound UDP socket inside <paramref name="netns"/>.</summary>
    public static Socket Udp(OwnedFd netns, bool ipv6 = false) => Open(netns, ipv6, Libc.SOCK_DGRAM, Libc.IPPROTO_UDP);

    /// <summary>Makes an unbound, unconnected TCP socket inside <paramref name="netns"/>.</summary>
    public static Socket Tcp(OwnedFd netns, bool ipv6 = false) => Open(netns, ipv6, Libc.SOCK_STREAM, Libc.IPPROTO_TCP);

    /// <summary>
    /// Ties a socket to one link (SO_BINDTODEVICE of socket(7)): it receives by that one only, and sends by no other
    /// whatever the routes say.
    /// </summary>
    public static void BindToLink(Socket socket, string ifname)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(ifname);
        socket.SetRawSocketOption(Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, System.Text.Encoding.UTF8.GetBytes(ifname + "\0"));
    }

    private static Socket Open(OwnedFd netns, bool ipv6, int type, int protocol)
    {
        // socket(2) alone is done inside; what the runtime's class does besides would leave threads there.
        using var fd = NetnsThread.Run(netns, () => Make(ipv6 ? Libc.AF_INET6 : Libc.AF_INET, type, protocol));
        var handle = Threads.WithRuntimes(() => new SafeSocketHandle(fd.Value, ownsHandle: true));
        fd.SetHandleAsInvalid();
        return new Socket(handle);
    }

    private static OwnedFd Make(int family, int type, int protocol)
    {
        var fd = Libc.socket(family, type | Libc.SOCK_CLOEXEC, protocol);
        return fd >= 0 ? new OwnedFd(fd) : throw new KernelException("open a socket in the network namespace", Libc.LastErrno);
    }
}
