using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Tracing;

/// <summary>Halves of lives as the two kinds of sources tell them.</summary>
internal static class Lives
{
    public const ulong Born = 1_000_000_000;
    public const ulong Ended = 3_000_000_000;

    public static readonly Instant Now = new((long)Ended + 5_000_000);

    public static readonly StatePath Passive = Path(TcpState.SynReceived, TcpState.Established, TcpState.CloseWait, TcpState.LastAck, TcpState.Closed);

    /// <summary>As tracepoints tell it: without cookie, namespace and counts.</summary>
    public static (TraceRecord Record, LifeTail Tail) OfPath(ushort port, StatePath? path = null) => (
        Common(port) with { Pid = 812, Command = TaskName.From("nginx"u8), SinceNanoseconds = Born },
        new LifeTail { Path = path ?? Passive, EstablishedNanoseconds = Born + 1000 });

    /// <summary>As a notice of the socket's end tells it; it comes a little later.</summary>
    public static (TraceRecord Record, LifeTail Tail) OfCounts(ushort port, ulong received = 1001) => (
        Common(port) with { Cookie = port + 70_000ul, Namespace = 4026531840, UserId = 33, AtNanoseconds = Ended + 2_000_000, RttMicroseconds = 120 },
        new LifeTail
        {
            Path = Path(TcpState.Closed),
            BytesAcknowledged = 77,
            BytesReceived = received,
            SegmentsSent = 4,
            SegmentsReceived = 6,
            MinRttMicroseconds = 90,
        });

    public static StatePath Path(params ReadOnlySpan<TcpState> states)
    {
        StatePath path = default;
        foreach (TcpState state in states)
        {
            path = path.Then(state);
        }

        return path;
    }

    public static List<(TraceRecord Record, LifeTail Tail)> In(ReadOnlySpan<byte> octets)
    {
        List<(TraceRecord, LifeTail)> found = [];
        TraceBatch batch = new(octets);
        while (batch.MoveNext())
        {
            found.Add((batch.Current, batch.Tail));
        }

        Assert.Equal(octets.Length, batch.Consumed);
        return found;
    }

    private static TraceRecord Common(ushort port) => new()
    {
        Kind = TraceKind.LifeEnded,
        AtNanoseconds = Ended,
        From = TcpState.Closed,
        To = TcpState.Closed,
        Family = IpFamily.V4,
        LocalAddress = WireAddress.Of(HostAddress.V4(0x7f000001)),
        RemoteAddress = WireAddress.Of(HostAddress.V4(0x7f000002)),
        LocalPort = 443,
        RemotePort = port,
    };
}
