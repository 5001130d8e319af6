using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Wgns.Tests.Privileged;

/// <summary>Sockets that live in another netns while their user stays where it is.</summary>
internal static partial class SocketInside
{
    /// <summary>A socket of the namespace, made by a thread that makes raw calls only and ends.</summary>
    internal static Socket Open(string netns, AddressFamily family, SocketType type) =>
        Open(netns, family == AddressFamily.InterNetwork ? 2 : 10, type == SocketType.Stream ? 1 : 2, 0);

    /// <summary>A unix stream socket, whose abstract names are the namespace's.</summary>
    internal static Socket OpenUnix(string netns) => Open(netns, 1, 1, 0);

    /// <summary>A raw ICMPv6 socket; the kernel fills the checksum in (RFC 3542, 3.1).</summary>
    internal static Socket OpenIcmp6(string netns) => Open(netns, 10, 3, 58);

    private static Socket Open(string netns, int family, int type, int protocol)
    {
        var socket = -1;
        var error = 0;
        var thread = new Thread(() =>
        {
            using var file = File.OpenHandle($"/run/netns/{netns}");
            if (setns((int)file.DangerousGetHandle(), 0x40000000) != 0
                || (socket = OpenHere(family, type | 0x80000, protocol)) < 0)
            {
                error = Marshal.GetLastPInvokeError();
            }
        });
        thread.Start();
        thread.Join();
        return socket >= 0
            ? new Socket(new SafeSocketHandle(socket, ownsHandle: true)) { SendTimeout = 5000, ReceiveTimeout = 5000 }
            : throw new AssertionException($"no socket in {netns}: errno {error}");
    }

    internal static Socket Connect(string netns, string address, int port)
    {
        var ip = IPAddress.Parse(address);
        var socket = Open(netns, ip.AddressFamily, SocketType.Stream);
        try
        {
            socket.Connect(ip, port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a line to an echo and returns what comes back.</summary>
    internal static string Talk(this Socket socket, string words)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(words);
        socket.Send(bytes);
        var buffer = new byte[bytes.Length];
        var length = 0;
        while (length < buffer.Length && socket.Receive(buffer.AsSpan(length)) is > 0 and var read)
        {
            length += read;
        }

        return System.Text.Encoding.ASCII.GetString(buffer, 0, length);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int type);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenHere(int domain, int type, int protocol);
}
