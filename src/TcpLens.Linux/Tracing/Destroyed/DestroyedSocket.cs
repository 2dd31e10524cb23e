using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>The record of a life, of what the kernel's notice of its end says and what was seen of it before.</summary>
internal static class DestroyedSocket
{
    /// <param name="entry">As the notice has it: in CLOSED, without inode and user. Its peer is missing after tcp_disconnect().</param>
    /// <param name="info">Its last tcp_info; null when the notice had none.</param>
    /// <param name="sighting">What was seen of it; all zeros when nothing was.</param>
    /// <param name="now">When the notice was read.</param>
    public static TraceRecord Record(in SocketEntry entry, TcpInfo? info, in Sighting sighting, ulong now)
    {
        bool isWiped = entry.Remote.Port == 0;
        (Endpoint local, Endpoint remote) = isWiped ? (sighting.Local, sighting.Remote) : (entry.Local, entry.Remote);
        bool isBirthSeen = sighting.FirstSeenNanoseconds != 0;
        return new TraceRecord
        {
            Kind = TraceKind.LifeEnded,
            AtNanoseconds = now,
            SinceNanoseconds = Math.Min(sighting.FirstSeenNanoseconds, now),
            Marks = isBirthSeen ? TraceMarks.SinceFirstSight : TraceMarks.None,
            From = TcpState.Closed,
            To = TcpState.Closed,
            Family = entry.Family,
            LocalAddress = WireAddress.Of(local.Address),
            LocalPort = local.Port,
            RemoteAddress = WireAddress.Of(remote.Address),
            RemotePort = remote.Port,
            Cookie = entry.Cookie,
            Namespace = entry.Namespace,
            UserId = sighting.UserId,
            Pid = sighting.Pid,
            Command = sighting.Command,
            RttMicroseconds = info?.RttMicroseconds ?? 0,
        };
    }

    public static LifeTail Tail(TcpInfo? info) => info is null ? default : new LifeTail
    {
        Path = default(StatePath).Then(TcpState.Closed),
        BytesAcknowledged = Acknowledged(info),
        BytesReceived = Received(info),
        BytesRetransmitted = info.BytesRetransmitted ?? 0,
        SegmentsSent = info.SegmentsSent ?? 0,
        SegmentsReceived = info.SegmentsReceived ?? 0,
        Retransmits = info.TotalRetransmittedSegments ?? 0,
        MinRttMicroseconds = info.MinRttMicroseconds ?? 0,
    };

    /// <summary>
    /// tcpi_bytes_acked counts sequence numbers, our SYN and FIN too; tcpi_bytes_sent (Linux 4.19) counts the stream's octets, as often
    /// as they were sent. What is acknowledged was sent: the smaller is exact, but for our SYN where data was left unacknowledged.
    /// </summary>
    private static ulong Acknowledged(TcpInfo info)
    {
        ulong acknowledged = info.BytesAcked ?? 0;
        return info is { BytesSent: { } sent, BytesRetransmitted: { } again } ? Math.Min(acknowledged, sent - Math.Min(sent, again)) : acknowledged;
    }

    /// <summary>tcpi_bytes_received counts the peer's FIN as an octet. Only where no segment had data is it sure to be one.</summary>
    private static ulong Received(TcpInfo info) => info.DataSegmentsReceived == 0 ? 0 : info.BytesReceived ?? 0;
}
