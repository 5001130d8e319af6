using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wgns.Linux.Netlink;

/// <summary>
/// What came back for one request: the kernel's verdict and the messages before it. Disposal wipes the messages,
/// which may hold keys.
/// </summary>
public sealed class NetlinkReply : IDisposable
{
    private readonly List<Range> _messages = [];
    private byte[] _buffer = [];
    private int _length;

    /// <summary>None where the kernel did what it was asked.</summary>
    public Errno Errno { get; private set; }

    /// <summary>The kernel's own sentence, null where it gave none. It may come with a success, as a warning.</summary>
    public string? Extack { get; private set; }

    /// <summary>True once the verdict is in.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>NLM_F_DUMP_INTR: the tables changed under the dump, so it may lack or repeat entries.</summary>
    internal bool IsInterrupted { get; private set; }

    /// <summary>How many messages there are.</summary>
    public int Count => _messages.Count;

    /// <summary>The messages in their order, the verdict not among them.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Throws where the verdict is an error that is not one of <paramref name="expected"/>; returns it.</summary>
    /// <exception cref="KernelException">With <paramref name="operation"/>, the errno, the kernel's sentence.</exception>
    public Errno Check(string operation, params ReadOnlySpan<Errno> expected) => Errno.IsNone || expected.Contains(Errno)
        ? Errno
        : throw new KernelException(operation, Errno, Extack);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        _messages.Clear();
        _length = 0;
    }

    /// <summary>Room for the next datagram, at least <paramref name="size"/> bytes.</summary>
    internal Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _length < size)
        {
            var larger = GC.AllocateArray<byte>(Math.Max(_buffer.Length * 2, _length + size), pinned: true);
            _buffer.AsSpan(0, _length).CopyTo(larger);
            CryptographicOperations.ZeroMemory(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }

    /// <summary>Takes in the datagram that was put into what <see cref="Reserve"/> gave.</summary>
    /// <remarks>Messages with another sequence number are late answers to a request that was given up: skipped.</remarks>
    /// <exception cref="KernelException">EPROTO where it is malformed, ENOBUFS where the kernel had to drop messages.</exception>
    internal void Commit(int size, uint sequence)
    {
        var datagram = _buffer.AsSpan(_length, size);
        var start = _length;
        _length += size;
        foreach (var message in new MessageReader(datagram))
        {
            if (message.Sequence != sequence || IsComplete)
            {
                continue;
            }

            IsInterrupted |= (message.Flags & Nl.NLM_F_DUMP_INTR) != 0;
            switch (message.Type)
            {
                case Nl.NLMSG_NOOP:
                    break;
                case Nl.NLMSG_OVERRUN:
                    throw new KernelException("read a netlink message", Errno.ENOBUFS);
                case Nl.NLMSG_ERROR:
                case Nl.NLMSG_DONE:
                    Complete(message);
                    break;
                default:
                    Add(start, datagram, message);
                    break;
            }
        }
    }

    /// <summary>Turns an interrupted dump into EINTR: what it holds cannot be trusted.</summary>
    internal void GiveUp()
    {
        Errno = Errno.EINTR;
        Extack = "the tables kept changing while they were read";
        _messages.Clear();
    }

    private void Add(int start, ReadOnlySpan<byte> datagram, Message message)
    {
        if (!datagram.Overlaps(message.Payload, out var offset))
        {
            // An empty payload overlaps nothing, and no family answers with one.
            return;
        }

        var from = start + offset - 16;
        _messages.Add(from..(from + 16 + message.Payload.Length));
    }

    /// <summary>NLMSG_ERROR (an ACK where its error is 0) or NLMSG_DONE, both of which start with a negative errno.</summary>
    private void Complete(Message message)
    {
        var error = message.Payload.Length >= 4 ? MemoryMarshal.Read<int>(message.Payload) : 0;
        if (message.Type == Nl.NLMSG_ERROR && message.Payload.Length < 4)
        {
            throw new KernelException("read a netlink message", Errno.EPROTO, "an error without its number");
        }

        // int.MinValue has no positive twin; no errno is near it.
        Errno = new Errno(error == int.MinValue ? Errno.EPROTO.Value : Math.Abs(error));
        IsComplete = true;
        if ((message.Flags & Nl.NLM_F_ACK_TLVS) == 0)
        {
            return;
        }

        var offset = 4;
        if (message.Type == Nl.NLMSG_ERROR && message.Payload.Length >= 20)
        {
            // The refused message follows: its header alone where it is capped, all of it otherwise.
            var echoed = MemoryMarshal.Read<NlMsgHdr>(message.Payload[4..]).nlmsg_len;
            var capped = (message.Flags & Nl.NLM_F_CAPPED) != 0;
            offset += capped ? 16 : (int)Math.Min(echoed, (uint)message.Payload.Length);
        }

        foreach (var attribute in message.AttributesAt(offset))
        {
            if (attribute.Type == Nl.NLMSGERR_ATTR_MSG)
            {
                Extack = attribute.Text;
            }
        }
    }

    /// <summary>Walks the messages of a reply.</summary>
    public ref struct Enumerator
    {
        private readonly NetlinkReply _reply;
        private int _next;

        internal Enumerator(NetlinkReply reply) => _reply = reply;

        public readonly Message Current
        {
            get
            {
                var bytes = _reply._buffer.AsSpan(_reply._messages[_next - 1]);
                return new Message(MemoryMarshal.Read<NlMsgHdr>(bytes), bytes[16..]);
            }
        }

        public bool MoveNext() => _next++ < _reply._messages.Count;
    }
}
