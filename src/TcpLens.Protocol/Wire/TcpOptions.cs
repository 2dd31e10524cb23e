namespace TcpLens.Protocol;

/// <summary>Kinds of TCP options (iana.org/assignments/tcp-parameters).</summary>
public enum TcpOptionKind : byte
{
    End = 0,
    NoOperation = 1,
    MaximumSegmentSize = 2,
    WindowScale = 3,
    SackPermitted = 4,
    Sack = 5,
    Timestamps = 8,
    Md5Signature = 19,
    UserTimeout = 28,
    Authentication = 29,
    Multipath = 30,
    FastOpen = 34,
    Experiment1 = 253,
    Experiment2 = 254,
}

/// <summary>One option: its kind and what stands behind kind and length.</summary>
public readonly ref struct TcpOption(TcpOptionKind kind, ReadOnlySpan<byte> value)
{
    public TcpOptionKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>
/// Walks the options of a TCP header, padding left out. A malformed tail ends the walk and is reported, never thrown (RFC 9293 §3.1,
/// MUST-7).
/// <code>
/// TcpOptions options = header.Options;
/// while (options.MoveNext()) … options.Current …
/// if (options.IsMalformed) …
/// </code>
/// </summary>
public ref struct TcpOptions
{
    private ReadOnlySpan<byte> _rest;

    public TcpOptions(ReadOnlySpan<byte> octets) => _rest = octets;

    public TcpOption Current { get; private set; }

    /// <summary>True after the walk when it met a length below two or beyond the end.</summary>
    public bool IsMalformed { get; private set; }

    public readonly TcpOptions GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_rest.Length > 0)
        {
            var kind = (TcpOptionKind)_rest[0];
            if (kind == TcpOptionKind.NoOperation)
            {
                _rest = _rest[1..];
                continue;
            }

            if (kind == TcpOptionKind.End)
            {
                return false;
            }

            int length = _rest.Length > 1 ? _rest[1] : 0;
            if (length < 2 || length > _rest.Length)
            {
                IsMalformed = true;
                return false;
            }

            Current = new(kind, _rest[2..length]);
            _rest = _rest[length..];
            return true;
        }

        return false;
    }
}
