using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>What one of two sources told of a life.</summary>
/// <param name="record">Of <see cref="TraceKind.LifeEnded"/>.</param>
/// <param name="tail">What followed it.</param>
/// <param name="isPath">True when the source saw the states, false when it knows the octets.</param>
/// <param name="came">When it came, which may be later than what it tells.</param>
internal readonly struct LifeHalf(in TraceRecord record, in LifeTail tail, bool isPath, Instant came)
{
    public readonly TraceRecord Record = record;
    public readonly LifeTail Tail = tail;
    public readonly bool IsPath = isPath;
    public readonly Instant Came = came;

    /// <summary>The life as this half, the one with the path, tells it, completed by what only the other one knows.</summary>
    public LifeHalf With(in LifeHalf counts) => new(Complete(in counts.Record), Count(in counts.Tail), IsPath, Came);

    private TraceRecord Complete(in TraceRecord other)
    {
        TraceRecord whole = Record;
        whole.Cookie = whole.Cookie != 0 ? whole.Cookie : other.Cookie;
        whole.Namespace = whole.Namespace != 0 ? whole.Namespace : other.Namespace;
        whole.UserId = whole.UserId != 0 ? whole.UserId : other.UserId;
        whole.RttMicroseconds = whole.RttMicroseconds != 0 ? whole.RttMicroseconds : other.RttMicroseconds;
        if (whole.Pid == 0)
        {
            (whole.Pid, whole.Command) = (other.Pid, other.Command);
        }

        if (whole.SinceNanoseconds == 0 && other.SinceNanoseconds != 0)
        {
            whole.SinceNanoseconds = Math.Min(other.SinceNanoseconds, whole.AtNanoseconds);
            whole.Marks |= other.Marks & TraceMarks.SinceFirstSight;
        }

        return whole;
    }

    private LifeTail Count(in LifeTail counts) => Tail.HasCounts
        ? Tail
        : counts with
        {
            EstablishedNanoseconds = Tail.EstablishedNanoseconds,
            Path = Tail.Path,
            BytesReceived = WithoutFin(counts.BytesReceived),
        };

    /// <summary>The kernel counts the peer's FIN as an octet received; these states are entered by receiving it (RFC 9293 §3.6).</summary>
    private ulong WithoutFin(ulong received)
        => received > 0 && (Tail.Path.Contains(TcpState.CloseWait) || Tail.Path.Contains(TcpState.Closing)) ? received - 1 : received;
}
