using System.Runtime.InteropServices;

namespace TcpLens.Linux;

/// <summary>Steps through the messages of netlink octets (linux/netlink.h). Ends quietly at a message that is cut short.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> octets)
{
    public const int HeaderLength = 16;
    private ReadOnlySpan<byte> _rest = octets;

    public NetlinkMessage Current { get; private set; }

    /// <summary>Octets not consumed: the start of a message whose end has not been read yet, or garbage.</summary>
    public readonly int Remaining => _rest.Length;

    public bool MoveNext()
    {
        if (_rest.Length < HeaderLength)
        {
            return false;
        }

        uint length = MemoryMarshal.Read<uint>(_rest);
        if (length < HeaderLength || length > (uint)_rest.Length)
        {
            return false;
        }

        Current = new NetlinkMessage(_rest[..(int)length]);
        _rest = _rest[Math.Min(_rest.Length, (int)((length + 3) & ~3u))..];
        return true;
    }
}

/// <summary>One netlink message: header and payload, nothing judged.</summary>
internal readonly ref struct NetlinkMessage(ReadOnlySpan<byte> octets)
{
    public const ushort TypeError = 2;
    public const ushort TypeDone = 3;
    private const ushort FlagDumpInterrupted = 0x10;
    private readonly ReadOnlySpan<byte> _octets = octets;

    public ushort Type => MemoryMarshal.Read<ushort>(_octets[4..]);

    /// <summary>The table changed so much during the dump that it may be incomplete (NLM_F_DUMP_INTR).</summary>
    public bool IsInterrupted => (MemoryMarshal.Read<ushort>(_octets[6..]) & FlagDumpInterrupted) != 0;

    public ReadOnlySpan<byte> Payload => _octets[NetlinkReader.HeaderLength..];

    /// <summary>The errno of an error message, positive; or of a dump that ended badly; 0 when there is none.</summary>
    public int Errno => Payload.Length >= 4 ? -MemoryMarshal.Read<int>(Payload) : 0;
}

/// <summary>Steps through netlink attributes; ends quietly at one that is cut short.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> octets)
{
    private const int HeaderLength = 4;
    private const int TypeMask = 0x3fff;
    private ReadOnlySpan<byte> _rest = octets;

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (_rest.Length < HeaderLength)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < HeaderLength || length > _rest.Length)
        {
            return false;
        }

        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        Value = _rest[HeaderLength..length];
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }
}
