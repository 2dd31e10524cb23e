using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>TCP (RFC 9293 §3.1): the end of every walk that leads to a segment.</summary>
internal static class TcpLayer
{
    /// <summary>Two NOPs, kind and length of the timestamps: how RFC 7323 Appendix A lays them out, alone in nearly every segment of Linux.</summary>
    private const uint AlignedTimestamps = 0x0101_080a;
    private const int AlignedTimestampsLength = 12;

    public static Layer Read(ref PacketCursor cursor, bool verifies)
    {
        if (!TcpHeader.TryParse(cursor.Octets, out TcpHeader header, out HeaderFault fault))
        {
            return cursor.Refuse(fault, PacketFault.TcpDataOffset);
        }

        if (header.HeaderLength > cursor.Sent)
        {
            return cursor.IsMalformed(PacketFault.TcpDataOffsetBeyondEnd);
        }

        ref CapturedSegment segment = ref cursor.Segment;
        segment.Kind = SegmentKind.Tcp;
        Note(in header, ref segment);
        NoteOptions(in header, ref segment);
        segment.Checksum = verifies && !cursor.IsCut ? ChecksumJudge.Judge(in header, in cursor) : ChecksumVerdict.Unchecked;
        NotePayload(header.HeaderLength, ref cursor);
        return cursor.Is(PacketKind.Tcp);
    }

    private static void Note(in TcpHeader header, ref CapturedSegment segment)
    {
        segment.SourcePort = header.SourcePort;
        segment.DestinationPort = header.DestinationPort;
        segment.Sequence = header.Sequence;
        segment.Acknowledgment = header.Acknowledgment;
        segment.Bits = header.Bits;
        segment.Window = header.Window;
    }

    private static void NotePayload(int headerLength, ref PacketCursor cursor)
    {
        ref CapturedSegment segment = ref cursor.Segment;
        segment.PayloadLength = (uint)(cursor.Sent - headerLength);
        bool isThere = cursor.TrySkip(headerLength) && cursor.Octets.Length > 0;
        segment.PayloadOffset = isThere ? cursor.Offset : -1;
        segment.CapturedPayload = isThere ? cursor.Octets.Length : 0;
    }

    private static void NoteOptions(in TcpHeader header, ref CapturedSegment segment)
    {
        segment.Options = SegmentOptions.None;
        segment.SackCount = 0;
        segment.WindowShift = 0;
        segment.MaximumSegmentSize = 0;
        segment.TimestampValue = 0;
        segment.TimestampEcho = 0;
        ReadOnlySpan<byte> octets = header.OptionOctets;
        if (octets.Length == AlignedTimestampsLength && BinaryPrimitives.ReadUInt32BigEndian(octets) == AlignedTimestamps)
        {
            NoteTimestamps(octets[4..], ref segment);
        }
        else if (header.HeaderLength > TcpHeader.MinLength)
        {
            WalkOptions(in header, ref segment);
        }
    }

    private static void WalkOptions(in TcpHeader header, ref CapturedSegment segment)
    {
        TcpOptions options = header.Options;
        while (options.MoveNext())
        {
            NoteOption(options.Current, ref segment);
        }

        if (options.IsMalformed && !header.IsCut)
        {
            segment.Options |= SegmentOptions.Malformed;
        }
    }

    private static void NoteOption(TcpOption option, ref CapturedSegment segment)
    {
        ReadOnlySpan<byte> value = option.Value;
        switch (option.Kind, value.Length)
        {
            case (TcpOptionKind.Timestamps, 8):
                NoteTimestamps(value, ref segment);
                break;
            case (TcpOptionKind.MaximumSegmentSize, 2):
                segment.MaximumSegmentSize = BinaryPrimitives.ReadUInt16BigEndian(value);
                segment.Options |= SegmentOptions.MaximumSegmentSize;
                break;
            case (TcpOptionKind.WindowScale, 1):
                segment.WindowShift = value[0];
                segment.Options |= SegmentOptions.WindowScale;
                break;
            case (TcpOptionKind.SackPermitted, 0):
                segment.Options |= SegmentOptions.SackPermitted;
                break;
            case (TcpOptionKind.Sack, >= 8 and <= 32) when value.Length % 8 == 0:
                NoteSacks(value, ref segment);
                break;
            case (TcpOptionKind.FastOpen, _):
                segment.Options |= SegmentOptions.FastOpen;
                break;
            case (TcpOptionKind.Multipath, _):
                segment.Options |= SegmentOptions.Multipath;
                break;
            case (TcpOptionKind.Timestamps or TcpOptionKind.MaximumSegmentSize or TcpOptionKind.WindowScale
                or TcpOptionKind.SackPermitted or TcpOptionKind.Sack, _):
                segment.Options |= SegmentOptions.Malformed;
                break;
        }
    }

    private static void NoteTimestamps(ReadOnlySpan<byte> value, ref CapturedSegment segment)
    {
        segment.TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(value);
        segment.TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        segment.Options |= SegmentOptions.Timestamps;
    }

    private static void NoteSacks(ReadOnlySpan<byte> value, ref CapturedSegment segment)
    {
        int count = value.Length / 8;
        for (int at = 0; at < count; at++)
        {
            uint left = BinaryPrimitives.ReadUInt32BigEndian(value[(at * 8)..]);
            uint right = BinaryPrimitives.ReadUInt32BigEndian(value[((at * 8) + 4)..]);
            segment.Sacks[at] = new(new(left), new(right));
        }

        segment.SackCount = (byte)count;
        segment.Options |= SegmentOptions.Sack;
    }
}
