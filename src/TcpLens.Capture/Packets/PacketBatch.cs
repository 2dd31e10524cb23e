namespace TcpLens.Capture;

/// <summary>
/// A stretch of a capture file and the segments found in it. Batches are pooled and go from the thread that decodes to the one that
/// follows connections; nothing is allocated per packet.
/// </summary>
public sealed class PacketBatch
{
    /// <summary>Octets of a batch that is filled packet by packet.</summary>
    public const int DefaultRoom = 256 * 1024;

    /// <summary>Octets behind those of the file: datagrams put together from fragments go there.</summary>
    internal const int ReassemblyRoom = 192 * 1024;

    // Two of the largest datagrams, one inside of the other.
    private const int ReassemblyNeed = 128 * 1024;

    private CapturedSegment[] _segments = new CapturedSegment[1024];

    // Octets up to here are in use.
    private int _used;

    /// <summary>The octets of the file that this batch was decoded from; payload offsets refer to it.</summary>
    public byte[] Octets { get; internal set; } = [];

    public int Count { get; private set; }

    public ReadOnlySpan<CapturedSegment> Segments => _segments.AsSpan(0, Count);

    public ReadOnlySpan<byte> PayloadOf(in CapturedSegment segment)
        => segment.PayloadOffset < 0 ? default : Octets.AsSpan(segment.PayloadOffset, segment.CapturedPayload);

    /// <summary>A slot to decode into; it holds what its last user left.</summary>
    internal ref CapturedSegment Next()
    {
        if (Count == _segments.Length)
        {
            Array.Resize(ref _segments, Count * 2);
        }

        return ref _segments[Count];
    }

    internal void Commit() => Count++;

    /// <summary>Makes it empty, to be filled again.</summary>
    public void Clear() => (Count, _used) = (0, 0);

    /// <summary>Makes it empty, with room for so many octets.</summary>
    internal void Begin(int room)
    {
        Clear();
        if (Octets.Length < room)
        {
            Octets = GC.AllocateUninitializedArray<byte>(room);
        }
    }

    /// <summary>The first octets are taken: what is added goes behind them.</summary>
    internal void Use(int octets) => _used = octets;

    /// <summary>False when the next packet may find no room for datagrams that it completes.</summary>
    internal bool HasReassemblyRoom => Octets.Length - _used >= ReassemblyNeed;

    /// <summary>Room for a datagram put together; false when there is none.</summary>
    internal bool TryReserve(int length, out int offset)
    {
        offset = _used;
        bool fits = length <= Octets.Length - _used;
        _used += fits ? length : 0;
        return fits;
    }

    /// <summary>Takes a segment out of another batch, with its payload. False when there is no room for that.</summary>
    internal bool TryAdd(in CapturedSegment segment, ReadOnlySpan<byte> payload, ushort file)
    {
        if (!TryCopy(payload, out int offset))
        {
            return false;
        }

        ref CapturedSegment copy = ref Next();
        copy = segment;
        copy.File = file;
        copy.PayloadOffset = segment.PayloadOffset < 0 ? -1 : offset;
        Commit();
        return true;
    }

    /// <summary>Copies a packet in. False when there is no room left; a batch without any gets <see cref="DefaultRoom"/>, or what this needs.</summary>
    internal bool TryCopy(ReadOnlySpan<byte> octets, out int offset)
    {
        if (Count == 0 && _used == 0)
        {
            Begin(Math.Max(DefaultRoom, octets.Length) + ReassemblyRoom);
        }

        offset = 0;
        bool fits = octets.Length <= Octets.Length - _used - ReassemblyNeed && TryReserve(octets.Length, out offset);
        if (fits)
        {
            octets.CopyTo(Octets.AsSpan(offset));
        }

        return fits;
    }
}
