using System.Runtime.CompilerServices;

namespace Wgns.Linux.Sockets;

/// <summary>Sending, and what to do where the kernel does not want it so.</summary>
public sealed unsafe partial class UdpSocket
{
    private const int MostAtOnce = 32;

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> buffer, ReadOnlySpan<Datagram> datagrams)
    {
        fixed (byte* start = buffer)
        {
            while (!datagrams.IsEmpty)
            {
                var some = datagrams[..Math.Min(datagrams.Length, MostAtOnce)];
                var sent = Send(start, buffer.Length, some, withSource: true);
                if (sent < some.Length)
                {
                    Rescue(start, buffer.Length, some[sent++], Libc.LastErrno);
                }

                datagrams = datagrams[sent..];
            }
        }
    }

    /// <returns>How many were sent; fewer than all where the next one failed.</returns>
    [SkipLocalsInit]
    private int Send(byte* start, int length, ReadOnlySpan<Datagram> datagrams, bool withSource)
    {
        var headers = stackalloc Libc.MMsgHdr[datagrams.Length];
        var vectors = stackalloc Libc.IoVec[datagrams.Length];
        var names = stackalloc byte[datagrams.Length * ReceiveBuffer.NameSize];
        var controls = stackalloc byte[datagrams.Length * ControlMessages.MaxLength];
        for (var i = 0; i < datagrams.Length; i++)
        {
            ref readonly var datagram = ref datagrams[i];
            ArgumentOutOfRangeException.ThrowIfNegative(datagram.Start);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)datagram.Length, (uint)(length - datagram.Start));
            vectors[i] = new Libc.IoVec { iov_base = start + datagram.Start, iov_len = (nuint)datagram.Length };
            var name = names + (i * ReceiveBuffer.NameSize);
            var control = controls + (i * ControlMessages.MaxLength);
            var controlLength = ControlMessages.Write(control, datagram, withSource);
            headers[i].msg_hdr = new Libc.MsgHdr
            {
                msg_name = name,
                msg_namelen = (uint)SockAddr.Write(new Span<byte>(name, ReceiveBuffer.NameSize), datagram.Remote),
                msg_iov = vectors + i,
                msg_iovlen = 1,
                msg_control = controlLength > 0 ? control : null,
                msg_controllen = (nuint)controlLength,
            };
        }

        var sent = 0;
        while (sent < datagrams.Length)
        {
            var count = Libc.sendmmsg(Fd, headers + sent, (uint)(datagrams.Length - sent), 0);
            if (count > 0)
            {
                sent += count;
            }
            else if (Libc.LastErrno != Errno.EINTR)
            {
                break;
            }
        }

        return sent;
    }

    /// <summary>Tries what may still get one through that was refused.</summary>
    private void Rescue(byte* start, int length, in Datagram datagram, Errno errno)
    {
        if (datagram.SegmentSize > 0 && (errno == Errno.EIO || errno == Errno.EINVAL || errno == Errno.EMSGSIZE))
        {
            if (errno == Errno.EIO)
            {
                // The link it goes by computes no checksums (udp_send_skb in net/ipv4/udp.c): it will not learn to.
                _segments = false;
            }

            for (var at = 0; at < datagram.Length; at += datagram.SegmentSize)
            {
                var one = datagram with
                {
                    Start = datagram.Start + at,
                    Length = Math.Min(datagram.SegmentSize, datagram.Length - at),
                    SegmentSize = 0,
                };
                if (Send(start, length, [one], withSource: true) == 0)
                {
                    Rescue(start, length, one, Libc.LastErrno);
                }
            }
        }
        else if (datagram.Remote.LocalAddress != 0)
        {
            // The address that the peer knows us by may be gone.
            _ = Send(start, length, [datagram], withSource: false);
        }
    }
}
