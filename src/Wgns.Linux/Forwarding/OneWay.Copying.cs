using System.Runtime.CompilerServices;

namespace Wgns.Linux.Forwarding;

/// <summary>A direction for which there is no descriptor left.</summary>
internal partial struct OneWay
{
    private const int Piece = 1 << 14;

    /// <summary>
    /// Through this process's memory, where no pipe can be had: who waits for one would hold its sockets meanwhile, and with all of
    /// them waiting none would ever be closed. Nothing is taken from the source before the target has it, so nothing is to be kept.
    /// </summary>
    [SkipLocalsInit]
    private unsafe Progress Copy(PipePool pool)
    {
        var bytes = stackalloc byte[Piece];
        var seen = Libc.recv(_from, bytes, Piece, Libc.MSG_PEEK | Libc.MSG_DONTWAIT);
        if (seen <= 0)
        {
            return NothingRead(seen);
        }

        if (!IsWritable)
        {
            return Progress.Waiting;
        }

        var sent = Libc.send(_to, bytes, (nuint)seen, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT);
        if (sent < 0)
        {
            return NothingWritten(pool);
        }

        _taken += (ulong)sent;
        for (var left = sent; left > 0;)
        {
            var taken = Libc.recv(_from, bytes, (nuint)left, Libc.MSG_DONTWAIT);
            if (taken <= 0)
            {
                return Progress.Reset;
            }

            left -= taken;
        }

        return Progress.More;
    }
}
