using System.Runtime.InteropServices;

namespace Wgns.Linux.Netlink;

/// <summary>
/// The in-memory twin of <see cref="NetlinkSocket"/>: keeps every request's bytes and answers from a script, through
/// the same code that reads the kernel's answers.
/// </summary>
public sealed class ScriptedNetlink : INetlink
{
    private readonly Queue<byte[][]> _answers = new();
    private uint _sequence;

    /// <summary>The requests as they would have gone to the kernel, in their order.</summary>
    public List<byte[]> Requests { get; } = [];

    /// <summary>True once <see cref="Dispose"/> was called.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>True when every answer was asked for.</summary>
    public bool IsExhausted => _answers.Count == 0;

    /// <summary>Adds one exchange: the datagrams to receive. Sequence numbers of 0 are replaced by the request's.</summary>
    public ScriptedNetlink Answer(params byte[][] datagrams)
    {
        _answers.Enqueue(datagrams);
        return this;
    }

    /// <summary>Adds one exchange that ends in an acknowledgement, or in an error where <paramref name="errno"/> is one.</summary>
    public ScriptedNetlink Ack(Errno errno = default, string? extack = null) => Answer(Verdict(errno, extack));

    /// <summary>The bytes of an NLMSG_ERROR message, capped, with the kernel's sentence if any.</summary>
    public static byte[] Verdict(Errno errno = default, string? extack = null)
    {
        var flags = (ushort)(Nl.NLM_F_CAPPED | (extack is null ? 0 : Nl.NLM_F_ACK_TLVS));
        using var writer = new MessageWriter(Nl.NLMSG_ERROR, flags);
        writer.Struct(-errno.Value).Struct(default(NlMsgHdr));
        if (extack is not null)
        {
            writer.Text(Nl.NLMSGERR_ATTR_MSG, extack);
        }

        return writer.Finish(0, 0).ToArray();
    }

    /// <summary>The bytes of an NLMSG_DONE message.</summary>
    public static byte[] Done(Errno errno = default)
    {
        using var writer = new MessageWriter(Nl.NLMSG_DONE, Nl.NLM_F_MULTI);
        return writer.Struct(-errno.Value).Finish(0, 0).ToArray();
    }

    public NetlinkReply Request(MessageWriter request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Exchange(request, Nl.NLM_F_ACK);
    }

    public NetlinkReply Dump(MessageWriter request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Dumping.UntilConsistent(() => Exchange(request, Nl.NLM_F_DUMP), attempts: 3);
    }

    public void Dispose() => IsDisposed = true;

    private NetlinkReply Exchange(MessageWriter request, ushort flags)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var sequence = ++_sequence;
        Requests.Add(request.Finish(sequence, flags).ToArray());
        if (!_answers.TryDequeue(out var datagrams))
        {
            throw new InvalidOperationException($"request {Requests.Count} is not in the script");
        }

        var reply = new NetlinkReply();
        foreach (var datagram in datagrams)
        {
            var room = reply.Reserve(datagram.Length);
            datagram.CopyTo(room);
            Address(room[..datagram.Length], sequence);
            reply.Commit(datagram.Length, sequence);
        }

        return reply.IsComplete
            ? reply
            : throw new InvalidOperationException($"answer {Requests.Count} of the script has no verdict");
    }

    /// <summary>Stops at the first message whose length is impossible: a script may be malformed on purpose.</summary>
    private static void Address(Span<byte> datagram, uint sequence)
    {
        while (datagram.Length >= 16)
        {
            ref var header = ref MemoryMarshal.AsRef<NlMsgHdr>(datagram);
            header.nlmsg_seq = header.nlmsg_seq == 0 ? sequence : header.nlmsg_seq;
            var aligned = (header.nlmsg_len + 3L) & ~3L;
            if (header.nlmsg_len < 16 || aligned > datagram.Length)
            {
                return;
            }

            datagram = datagram[(int)aligned..];
        }
    }
}
