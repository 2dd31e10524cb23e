using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>
/// A number of the socket against a number in the filter. Unknown when the source did not tell it, and where Linux fills in a
/// number that means nothing: what tcp_info says of a listener, the user of a socket that is not full.
/// </summary>
public sealed record FieldTest(SocketField Field, Comparison Comparison, ulong Value) : FilterExpression
{
    private FieldInfo Info => FieldInfo.Of(Field);

    public override FilterNeeds Needs => Info.Needs;

    /// <summary>TIME_WAIT keeps no tcp_info and no memory; its age may be remembered, though.</summary>
    public override StateSet StatesWhere(bool outcome) => Field switch
    {
        SocketField.Age or SocketField.RecvQ or SocketField.SendQ or SocketField.Inode or SocketField.Cookie => StateSet.All,
        SocketField.Drops or SocketField.Uid => ~StateSet.Of(TcpState.TimeWait),
        _ => ~StateSet.Of(TcpState.TimeWait, TcpState.Listen),
    };

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
    {
        if (Field == SocketField.Age)
        {
            return EvaluateAge(entry, context);
        }

        return Read(entry, context) is { } value ? Known(Holds(value)) : Truth.Unknown;
    }

    private protected override string Print() => $"{Info.Name} {Comparison.Symbol} {Quantity.Print(Value, Info.Unit)}";

    private bool Holds(ulong value) => Comparison.Holds(value, Value);

    private ulong? Read(in SocketEntry entry, ISocketContext context) => Field switch
    {
        SocketField.RecvQ => entry.ReceiveQueue,
        SocketField.SendQ => entry.SendQueue,
        SocketField.Inode => entry.Inode,
        SocketField.Cookie => entry.Cookie == 0 ? null : entry.Cookie,
        SocketField.Uid => UserOf(entry),
        SocketField.Drops => DetailOf(entry, context)?.Memory?.Drops,
        _ => InfoOf(entry, context) is { } info ? Read(info) : null,
    };

    private ulong? Read(TcpInfo info) => Field switch
    {
        SocketField.Rtt => info.RttMicroseconds is 0 ? null : info.RttMicroseconds,
        SocketField.MinRtt => info.MinRttMicroseconds,
        SocketField.Rto => info.RetransmissionTimeoutMicroseconds,
        SocketField.Idle => Least(info.LastDataSentMilliseconds, info.LastDataReceivedMilliseconds) * 1000ul,
        SocketField.Retrans => info.TotalRetransmittedSegments,
        SocketField.Unacked => info.UnackedSegments,
        SocketField.Lost => info.LostSegments,
        SocketField.Cwnd => info.CongestionWindowSegments,
        SocketField.Mss => info.SendMssBytes,
        _ => null,
    };

    /// <summary>
    /// Without a memory, tcp_info gives a bound: nothing was sent or received before the connection was there. What the bound
    /// does not decide stays unknown.
    /// </summary>
    private Truth EvaluateAge(in SocketEntry entry, ISocketContext context)
    {
        if (context.AgeOf(entry) is { } age)
        {
            return Known(Holds((ulong)Math.Max(0, age.Ticks / TimeSpan.TicksPerMicrosecond)));
        }

        if (InfoOf(entry, context) is not { } info)
        {
            return Truth.Unknown;
        }

        uint longest = Math.Max(info.LastAckReceivedMilliseconds ?? 0, Math.Max(info.LastDataSentMilliseconds ?? 0, info.LastDataReceivedMilliseconds ?? 0));
        ulong atLeast = longest * 1000ul;
        return Comparison switch
        {
            Comparison.Greater when atLeast > Value => Truth.True,
            Comparison.GreaterOrEqual when atLeast >= Value => Truth.True,
            Comparison.NotEqual when atLeast > Value => Truth.True,
            Comparison.Less when atLeast >= Value => Truth.False,
            Comparison.LessOrEqual or Comparison.Equal when atLeast > Value => Truth.False,
            _ => Truth.Unknown,
        };
    }

    /// <summary>Linux reports user 0 for what is not a full socket, and older kernels for one that no process holds.</summary>
    private static ulong? UserOf(in SocketEntry entry)
        => entry.Kind != SocketKind.Full || (entry.Inode == 0 && entry.UserId == 0) ? null : entry.UserId;

    private static SocketDetail? DetailOf(in SocketEntry entry, ISocketContext context)
        => entry.Kind == SocketKind.Full ? context.DetailOf(entry) : null;

    private static TcpInfo? InfoOf(in SocketEntry entry, ISocketContext context)
        => entry.State == TcpState.Listen ? null : DetailOf(entry, context)?.Info;

    private static uint? Least(uint? left, uint? right) => left < right ? left : right is null ? null : left is null ? null : right;
}
