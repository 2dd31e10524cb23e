using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Puts fragmented datagrams together, a bounded number at a time: the oldest gives way to a new one, and one that is older than
/// Linux would keep it begins anew.
/// </summary>
internal sealed class Reassembler(CaptureTally tally)
{
    /// <summary>At 64 KiB each at most 16 MiB.</summary>
    public const int MaxDatagrams = 256;

    /// <summary>Linux's ipfrag_time.</summary>
    public const long MaxAgeNanoseconds = 30_000_000_000;

    private readonly Datagram?[] _datagrams = new Datagram?[MaxDatagrams];
    private readonly Dictionary<FragmentKey, Datagram> _byKey = [];
    private int _next;

    /// <summary>Takes a fragment: the cursor stands at its payload. When it completes its datagram the cursor stands in that.</summary>
    /// <param name="key">Which datagram.</param>
    /// <param name="offset">Where in it, in octets.</param>
    /// <param name="isLast">True when no more follow.</param>
    /// <param name="next">What the fragment says of the header behind it; what the first one said, once whole.</param>
    /// <param name="cursor">At the fragment's payload.</param>
    public bool TryComplete(in FragmentKey key, int offset, bool isLast, ref IpProtocol next, ref PacketCursor cursor)
    {
        tally.Fragments++;
        if (cursor.IsCut)
        {
            // Never to be whole. The first part holds the header of what was cut: better than nothing.
            cursor.Is(PacketKind.Fragment);
            return offset == 0;
        }

        Datagram datagram = Find(in key, cursor.Segment.TimeNanoseconds);
        if (!datagram.TryAdd(offset, isLast, next, cursor.Octets))
        {
            Forget(datagram);
            cursor.IsMalformed(PacketFault.Fragment);
            return false;
        }

        cursor.Is(PacketKind.Fragment);
        if (!datagram.IsWhole || !TryShow(datagram, ref cursor))
        {
            return false;
        }

        next = datagram.Next;
        tally.Reassembled++;
        tally.OverlappedDatagrams += datagram.HasOverlap ? 1 : 0;
        Forget(datagram);
        return true;
    }

    private static bool TryShow(Datagram datagram, ref PacketCursor cursor)
    {
        if (!cursor.Batch.TryReserve(datagram.Length, out int offset))
        {
            return false;
        }

        Span<byte> whole = cursor.Batch.Octets.AsSpan(offset, datagram.Length);
        datagram.Octets.CopyTo(whole);
        uint headers = cursor.Segment.IpLength - (uint)cursor.Sent;
        cursor.Octets = whole;
        cursor.Offset = offset;
        cursor.Sent = datagram.Length;
        cursor.Segment.IpLength = headers + (uint)datagram.Length;
        return true;
    }

    private Datagram Find(in FragmentKey key, long nanoseconds)
    {
        if (_byKey.TryGetValue(key, out Datagram? datagram))
        {
            if (Math.Abs(nanoseconds - datagram.SinceNanoseconds) > MaxAgeNanoseconds)
            {
                tally.DatagramsGivenUp++;
                datagram.Begin(in key, nanoseconds);
            }

            return datagram;
        }

        datagram = _datagrams[_next] ??= new();
        _next = (_next + 1) % MaxDatagrams;
        if (datagram.IsUsed)
        {
            tally.DatagramsGivenUp++;
            Forget(datagram);
        }

        datagram.Begin(in key, nanoseconds);
        _byKey.Add(key, datagram);
        return datagram;
    }

    private void Forget(Datagram datagram)
    {
        _byKey.Remove(datagram.Key);
        datagram.End();
    }
}
