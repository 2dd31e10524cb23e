namespace TcpLens.Capture;

/// <summary>One option of a pcapng block.</summary>
internal readonly ref struct PcapngOption(ushort code, ReadOnlySpan<byte> value)
{
    public ushort Code { get; } = code;

    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>Walks the options of a pcapng block (draft-ietf-opsawg-pcapng §3.5); what does not parse ends the walk.</summary>
internal ref struct PcapngOptions
{
    private readonly ByteOrder _order;
    private ReadOnlySpan<byte> _rest;

    public PcapngOptions(ReadOnlySpan<byte> octets, ByteOrder order)
    {
        _rest = octets;
        _order = order;
    }

    public PcapngOption Current { get; private set; }

    public readonly PcapngOptions GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        ushort code = _order.U16(_rest);
        int length = _order.U16(_rest[2..]);
        if (code == 0 || length > _rest.Length - 4)
        {
            return false;
        }

        Current = new(code, _rest.Slice(4, length));
        _rest = _rest[Math.Min(_rest.Length, 4 + ((length + 3) & ~3))..];
        return true;
    }
}
