using System.Runtime.InteropServices;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>Keeps every packet that the links of a netns send or receive: packet(7), from its making on.</summary>
internal sealed partial class Sniffer : IDisposable
{
    private const int AF_PACKET = 17;
    private const int SOL_PACKET = 263;
    private const int PACKET_STATISTICS = 6;
    private const int SO_RCVBUFFORCE = 33;
    private const int MSG_DONTWAIT = 0x40;
    private readonly string _netns;
    private readonly int _link;
    private readonly int _socket;

    /// <param name="link">The index of the one link to listen at; 0: all of them, lo too.</param>
    internal Sniffer(string netns, int link = 0)
    {
        (_netns, _link) = (netns, link);
        var error = 0;
        var socket = -1;
        var thread = new Thread(() =>
        {
            using var file = File.OpenHandle($"/run/netns/{netns}");
            if (setns((int)file.DangerousGetHandle(), 0x40000000) != 0 || (socket = Open()) < 0)
            {
                error = Marshal.GetLastPInvokeError();
            }
        });
        thread.Start();
        thread.Join();
        _socket = socket >= 0 ? socket : throw new AssertionException($"no packet socket in {netns}: errno {error}");
    }

    /// <summary>What there was since the last time. Fails where one did not fit, since that one may have been the leak.</summary>
    internal List<Packet> Take()
    {
        var packets = new List<Packet>();
        Span<byte> buffer = new byte[256];
        Span<byte> from = new byte[20];
        var length = (uint)from.Length;
        while (recvfrom(_socket, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, MSG_DONTWAIT, ref MemoryMarshal.GetReference(from), ref length) is >= 0 and var size)
        {
            // struct sockaddr_ll: family, protocol (big endian), ifindex.
            packets.Add(Packet.Read((from[2] << 8) | from[3], buffer[..(int)Math.Min(size, buffer.Length)]));
            length = (uint)from.Length;
        }

        Span<uint> statistics = [0, 0];
        var bytes = 8u;
        getsockopt(_socket, SOL_PACKET, PACKET_STATISTICS, ref statistics[0], ref bytes).Should().Be(0);
        statistics[1].Should().Be(0, "the sniffer in {0} must have room for every packet, and had {1} of {2}", _netns, packets.Count, statistics[0]);
        return packets;
    }

    public void Dispose() => _ = close(_socket);

    private int Open()
    {
        // Protocol 0 hears nothing: the room is there before the first packet.
        var socket = OpenHere(AF_PACKET, 2 | 0x80000, 0);
        if (socket >= 0)
        {
            var room = 64 << 20;
            Span<byte> everywhere = [AF_PACKET, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            BitConverter.TryWriteBytes(everywhere[4..], _link);
            if (setsockopt(socket, 1, SO_RCVBUFFORCE, ref room, 4) != 0 || bind(socket, ref MemoryMarshal.GetReference(everywhere), 20) != 0)
            {
                return -1;
            }
        }

        return socket;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int type);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenHere(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int name, ref int value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int name, ref uint value, ref uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, ref byte address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvfrom(int fd, ref byte buffer, nuint size, int flags, ref byte from, ref uint length);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
