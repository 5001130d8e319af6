using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Wgns.Linux.Netlink;

/// <summary>
/// Builds one netlink message: its header, the family's fixed header, attributes aligned to 4 bytes. In the machine's
/// byte order, as netlink(7) has it.
/// </summary>
/// <remarks>
/// Some messages carry keys, so every buffer is pinned (the garbage collector leaves no moved copy behind) and wiped
/// when it is given up.
/// </remarks>
public sealed class MessageWriter : IDisposable
{
    private byte[] _buffer;

    /// <param name="type">nlmsg_type: RTM_NEWLINK and so on, or a generic netlink family's id.</param>
    /// <param name="flags">nlmsg_flags besides NLM_F_REQUEST, which is always set.</param>
    public MessageWriter(ushort type, ushort flags = 0)
    {
        _buffer = GC.AllocateArray<byte>(256, pinned: true);
        Struct(new NlMsgHdr { nlmsg_type = type, nlmsg_flags = (ushort)(flags | Nl.NLM_F_REQUEST) });
    }

    /// <summary>Bytes written up to now, the header included.</summary>
    public int Length { get; private set; }

    /// <summary>Appends a fixed header such as ifinfomsg; to be called before any attribute.</summary>
    public MessageWriter Struct<T>(in T header)
        where T : unmanaged
    {
        MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), in header);
        return this;
    }

    public MessageWriter U8(ushort type, byte value)
    {
        Payload(type, 1)[0] = value;
        return this;
    }

    public MessageWriter U16(ushort type, ushort value)
    {
        MemoryMarshal.Write(Payload(type, 2), in value);
        return this;
    }

    public MessageWriter U32(ushort type, uint value)
    {
        MemoryMarshal.Write(Payload(type, 4), in value);
        return this;
    }

    public MessageWriter Bytes(ushort type, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Payload(type, value.Length));
        return this;
    }

    /// <summary>NLA_NUL_STRING: UTF-8 and a terminating zero.</summary>
    public MessageWriter Text(ushort type, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var length = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Payload(type, length + 1));
        return this;
    }

    /// <summary>An attribute that holds what is written until it is disposed.</summary>
    /// <remarks>With NLA_F_NESTED: families with strict validation want it; veth's peer and old ones do not care.</remarks>
    public Nested Nest(ushort type)
    {
        var start = Length;
        Payload((ushort)(type | Nl.NLA_F_NESTED), 0);
        return new Nested(this, start);
    }

    /// <summary>The finished message. Valid until the next write.</summary>
    /// <param name="sequence">nlmsg_seq, which the kernel repeats in its answers.</param>
    /// <param name="flags">Flags to add: NLM_F_ACK or NLM_F_DUMP.</param>
    public ReadOnlySpan<byte> Finish(uint sequence, ushort flags)
    {
        ref var header = ref MemoryMarshal.AsRef<NlMsgHdr>(_buffer.AsSpan());
        header.nlmsg_len = (uint)Length;
        header.nlmsg_flags |= flags;
        header.nlmsg_seq = sequence;
        return _buffer.AsSpan(0, Length);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        Length = 0;
    }

    private Span<byte> Payload(ushort type, int length)
    {
        var header = new NlAttr { nla_len = CheckedLength(length + 4), nla_type = type };
        Struct(header);
        return Take(length);
    }

    /// <summary>The next bytes, zeroed, with their padding to 4 behind them.</summary>
    private Span<byte> Take(int length)
    {
        var aligned = (length + 3) & ~3;
        if (Length + aligned > _buffer.Length)
        {
            var larger = GC.AllocateArray<byte>(Math.Max(_buffer.Length * 2, Length + aligned), pinned: true);
            _buffer.AsSpan(0, Length).CopyTo(larger);
            CryptographicOperations.ZeroMemory(_buffer);
            _buffer = larger;
        }

        var taken = _buffer.AsSpan(Length, length);
        Length += aligned;
        return taken;
    }

    // nla_len has 16 bits. A caller that lets an attribute grow beyond has a bug: the kernel would read garbage.
    private static ushort CheckedLength(int length) => length <= ushort.MaxValue
        ? (ushort)length
        : throw new InvalidOperationException($"a netlink attribute of {length} bytes does not fit in 65535");

    /// <summary>An attribute still open; disposing it writes its length.</summary>
    public readonly ref struct Nested
    {
        private readonly MessageWriter _writer;
        private readonly int _start;

        internal Nested(MessageWriter writer, int start)
        {
            _writer = writer;
            _start = start;
        }

        public void Dispose()
        {
            var length = CheckedLength(_writer.Length - _start);
            MemoryMarshal.Write(_writer._buffer.AsSpan(_start), in length);
        }
    }
}
