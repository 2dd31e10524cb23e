namespace TcpLens.Capture;

/// <summary>
/// A stretch of a capture file and the segments found in it. Batches are pooled and go from the thread that decodes to the one that
/// follows connections; nothing is allocated per packet.
/// </summary>
public sealed class PacketBatch
{
    private CapturedSegment[] _segments = new CapturedSegment[1024];

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

    internal void Clear() => Count = 0;
}
