using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// struct tcp_info (linux/tcp.h) by length: 232 octets in Linux 6.1, 280 in 6.18. A field that begins after the end is null.
/// </summary>
internal static class TcpInfoReader
{
    /// <summary>Sets every field of <paramref name="info"/>, so that one object can serve a walk of any length.</summary>
    public static void Fill(TcpInfo info, ReadOnlySpan<byte> octets, TcpState state)
    {
        ReadFirst(info, octets);
        ReadTimes(info, octets, state);
        ReadRates(info, octets);
        ReadSince4_19(info, octets);
    }

    private static void ReadFirst(TcpInfo info, ReadOnlySpan<byte> octets)
    {
        info.CongestionState = U8(octets, 1);
        info.Retransmits = U8(octets, 2);
        info.Probes = U8(octets, 3);
        info.Backoff = U8(octets, 4);
        info.Options = (TcpInfoOptions?)U8(octets, 5);
        info.SendWindowScale = (byte?)(U8(octets, 6) & 0xf);
        info.ReceiveWindowScale = (byte?)(U8(octets, 6) >> 4);
        info.DeliveryRateAppLimited = U8(octets, 7) is { } flags ? (flags & 1) != 0 : null;
        info.FastOpenClientFailure = (byte?)((U8(octets, 7) >> 1) & 3);
        info.RetransmissionTimeoutMicroseconds = U32(octets, 8);
        info.AckTimeoutMicroseconds = U32(octets, 12);
        info.SendMssBytes = U32(octets, 16);
        info.ReceiveMssBytes = U32(octets, 20);
        info.UnackedSegments = U32(octets, 24);
        info.SackedSegments = U32(octets, 28);
        info.LostSegments = U32(octets, 32);
        info.RetransmittedSegmentsInFlight = U32(octets, 36);
        info.ForwardAckSegments = U32(octets, 40);
    }

    private static void ReadTimes(TcpInfo info, ReadOnlySpan<byte> octets, TcpState state)
    {
        // In SYN_SENT these three were never set: Linux answers the time since boot. A listener has none at all.
        if (state is not (TcpState.SynSent or TcpState.Listen))
        {
            info.LastDataSentMilliseconds = U32(octets, 44);
            info.LastDataReceivedMilliseconds = U32(octets, 52);
            info.LastAckReceivedMilliseconds = U32(octets, 56);
        }

        info.PathMtuBytes = U32(octets, 60);
        info.ReceiveSlowStartThresholdBytes = U32(octets, 64);
        info.RttMicroseconds = U32(octets, 68);
        info.RttVariationMicroseconds = U32(octets, 72);
        info.SlowStartThresholdSegments = U32(octets, 76);
        info.CongestionWindowSegments = U32(octets, 80);
        info.AdvertisedMssBytes = U32(octets, 84);
        info.ReorderingSegments = U32(octets, 88);
        info.ReceiveRttMicroseconds = U32(octets, 92);
        info.ReceiveSpaceBytes = U32(octets, 96);
        info.TotalRetransmittedSegments = U32(octets, 100);
    }

    private static void ReadRates(TcpInfo info, ReadOnlySpan<byte> octets)
    {
        info.PacingRateBytesPerSecond = U64(octets, 104);
        info.MaxPacingRateBytesPerSecond = U64(octets, 112);
        info.BytesAcked = U64(octets, 120);
        info.BytesReceived = U64(octets, 128);
        info.SegmentsSent = U32(octets, 136);
        info.SegmentsReceived = U32(octets, 140);
        info.NotSentBytes = U32(octets, 144);
        info.MinRttMicroseconds = U32(octets, 148) is { } sample and not uint.MaxValue ? sample : null;
        info.DataSegmentsReceived = U32(octets, 152);
        info.DataSegmentsSent = U32(octets, 156);
        info.DeliveryRateBytesPerSecond = U64(octets, 160);
        info.BusyMicroseconds = U64(octets, 168);
        info.ReceiveWindowLimitedMicroseconds = U64(octets, 176);
        info.SendBufferLimitedMicroseconds = U64(octets, 184);
    }

    private static void ReadSince4_19(TcpInfo info, ReadOnlySpan<byte> octets)
    {
        info.DeliveredSegments = U32(octets, 192);
        info.DeliveredCongestionMarkedSegments = U32(octets, 196);
        info.BytesSent = U64(octets, 200);
        info.BytesRetransmitted = U64(octets, 208);
        info.DuplicateSacksReceived = U32(octets, 216);
        info.ReorderingEventsSeen = U32(octets, 220);
        info.OutOfOrderSegmentsReceived = U32(octets, 224);
        info.SendWindowBytes = U32(octets, 228);
        info.ReceiveWindowBytes = U32(octets, 232);
        info.FlowRehashes = U32(octets, 236);
        info.RetransmissionTimeouts = U16(octets, 240);
        info.RetransmissionTimeoutRecoveries = U16(octets, 242);
        info.RetransmissionTimeoutMilliseconds = U32(octets, 244);
        info.ReceivedCongestionMarkedSegments = U32(octets, 248);
        info.DeliveredEct1Bytes = U32(octets, 252);
        info.DeliveredEct0Bytes = U32(octets, 256);
        info.DeliveredCongestionMarkedBytes = U32(octets, 260);
        info.ReceivedEct1Bytes = U32(octets, 264);
        info.ReceivedEct0Bytes = U32(octets, 268);
        info.ReceivedCongestionMarkedBytes = U32(octets, 272);
    }

    private static byte? U8(ReadOnlySpan<byte> octets, int offset) => offset < octets.Length ? octets[offset] : null;

    private static ushort? U16(ReadOnlySpan<byte> octets, int offset)
        => offset + 2 <= octets.Length ? MemoryMarshal.Read<ushort>(octets[offset..]) : null;

    private static uint? U32(ReadOnlySpan<byte> octets, int offset)
        => offset + 4 <= octets.Length ? MemoryMarshal.Read<uint>(octets[offset..]) : null;

    private static ulong? U64(ReadOnlySpan<byte> octets, int offset)
        => offset + 8 <= octets.Length ? MemoryMarshal.Read<ulong>(octets[offset..]) : null;
}
