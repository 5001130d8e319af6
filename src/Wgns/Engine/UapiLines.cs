namespace Wgns.Engine;

/// <summary>One key=value line; a line without '=' has no value.</summary>
internal readonly ref struct UapiLine(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
{
    internal ReadOnlySpan<byte> Key { get; } = key;

    internal ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>Walks the lines of a reply up to its end, the first empty line.</summary>
internal ref struct UapiLines(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public UapiLine Current { get; private set; }

    public readonly UapiLines GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty || _rest[0] == '\n')
        {
            return false;
        }

        var end = _rest.IndexOf((byte)'\n');
        var line = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        var equals = line.IndexOf((byte)'=');
        Current = equals < 0 ? new UapiLine(line, []) : new UapiLine(line[..equals], line[(equals + 1)..]);
        return true;
    }
}
