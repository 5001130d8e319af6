using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Wgns.Linux.Netlink;

/// <summary>One attribute, seen in its buffer. A value of a wrong size reads as null, so that it can be skipped.</summary>
public readonly ref struct NetlinkAttribute
{
    internal NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
    {
        Type = type;
        Value = value;
    }

    /// <summary>nla_type without NLA_F_NESTED and NLA_F_NET_BYTEORDER.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Value { get; }

    public byte? U8 => Read<byte>();

    public ushort? U16 => Read<ushort>();

    public uint? U32 => Read<uint>();

    public int? S32 => Read<int>();

    public ulong? U64 => Read<ulong>();

    /// <summary>The text up to its first zero byte, as the C side reads it.</summary>
    public string Text
    {
        get
        {
            var end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }

    /// <summary>An address in network order: 4 or 16 bytes.</summary>
    public IPAddress? Address => Value.Length is 4 or 16 ? new IPAddress(Value) : null;

    /// <summary>The attributes in this one.</summary>
    public AttributeReader Nested => new(Value);

    private T? Read<T>()
        where T : unmanaged => Value.Length == Unsafe.SizeOf<T>() ? MemoryMarshal.Read<T>(Value) : null;
}

/// <summary>
/// Walks attributes. An impossible length ends the walk without an error, as nla_for_each_attr of the kernel does:
/// what was read before it is sound.
/// </summary>
public ref struct AttributeReader
{
    private const int HeaderLength = 4;
    private ReadOnlySpan<byte> _rest;

    public AttributeReader(ReadOnlySpan<byte> attributes) => _rest = attributes;

    public NetlinkAttribute Current { get; private set; }

    public readonly AttributeReader GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < HeaderLength)
        {
            return false;
        }

        var header = MemoryMarshal.Read<NlAttr>(_rest);
        if (header.nla_len < HeaderLength || header.nla_len > _rest.Length)
        {
            _rest = [];
            return false;
        }

        Current = new NetlinkAttribute((ushort)(header.nla_type & Nl.NLA_TYPE_MASK), _rest[HeaderLength..header.nla_len]);
        _rest = _rest[Math.Min((header.nla_len + 3) & ~3, _rest.Length)..];
        return true;
    }
}
