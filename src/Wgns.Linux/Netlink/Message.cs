using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wgns.Linux.Netlink;

/// <summary>A received message, seen in its buffer. Valid as long as that is.</summary>
public readonly ref struct Message
{
    internal Message(NlMsgHdr header, ReadOnlySpan<byte> payload)
    {
        Type = header.nlmsg_type;
        Flags = header.nlmsg_flags;
        Sequence = header.nlmsg_seq;
        Payload = payload;
    }

    /// <summary>nlmsg_type.</summary>
    public ushort Type { get; }

    /// <summary>nlmsg_flags.</summary>
    public ushort Flags { get; }

    /// <summary>nlmsg_seq of the request that this answers.</summary>
    public uint Sequence { get; }

    /// <summary>All behind the netlink header.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The family's fixed header at the payload's start; EPROTO where the payload is too short for it.</summary>
    /// <exception cref="KernelException">EPROTO.</exception>
    public T Header<T>()
        where T : unmanaged => Payload.Length >= Unsafe.SizeOf<T>()
            ? MemoryMarshal.Read<T>(Payload)
            : throw new KernelException($"read a netlink message of type {Type}", Errno.EPROTO, "it is too short");

    /// <summary>The attributes behind a fixed header of type <typeparamref name="T"/>.</summary>
    public AttributeReader AttributesAfter<T>()
        where T : unmanaged => AttributesAt(Unsafe.SizeOf<T>());

    /// <summary>The attributes from <paramref name="offset"/> of the payload on; none where that is behind its end.</summary>
    public AttributeReader AttributesAt(int offset)
    {
        var aligned = (offset + 3) & ~3;
        return new AttributeReader(aligned <= Payload.Length ? Payload[aligned..] : []);
    }
}

/// <summary>Walks the messages of one datagram.</summary>
public ref struct MessageReader
{
    private const int HeaderLength = 16;
    private ReadOnlySpan<byte> _rest;

    public MessageReader(ReadOnlySpan<byte> datagram) => _rest = datagram;

    public Message Current { get; private set; }

    public readonly MessageReader GetEnumerator() => this;

    /// <summary>False at the end.</summary>
    /// <exception cref="KernelException">EPROTO where a header is cut off or its length is impossible.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < HeaderLength)
        {
            throw Malformed("a header is cut off");
        }

        var header = MemoryMarshal.Read<NlMsgHdr>(_rest);
        if (header.nlmsg_len < HeaderLength || header.nlmsg_len > (uint)_rest.Length)
        {
            throw Malformed("a length is impossible");
        }

        var length = (int)header.nlmsg_len;
        Current = new Message(header, _rest[HeaderLength..length]);
        // The last message of a datagram may come without its padding.
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    private static KernelException Malformed(string how) => new("read a netlink message", Errno.EPROTO, how);
}
