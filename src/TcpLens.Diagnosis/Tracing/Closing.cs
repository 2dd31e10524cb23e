using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// How connections end, and why a socket changed its state. Only what a record has is used: a source that cannot see a socket's error
/// gets "not known", never a guess.
/// </summary>
public static class Closing
{
    /// <summary>How the connection of a <see cref="TraceKind.LifeEnded"/> ended.</summary>
    public static ClosingKind KindOf(in TraceRecord record, in LifeTail tail)
    {
        if (record.To == TcpState.TimeWait)
        {
            return InOrder(record.From, tail.Path);
        }

        if (record.Has(TraceMarks.BecameMiniSocket))
        {
            return ClosingKind.HalfClosed;
        }

        TraceRecord end = record with { From = LastOf(record.From, tail.Path), To = TcpState.Closed };
        ClosingKind kind = SocketEnd.KindOf(in end);
        return kind == ClosingKind.Active ? InOrder(TcpState.TimeWait, tail.Path) : kind;
    }

    /// <summary>
    /// Why one change of state (or the early end of a TIME-WAIT) came, when it is out of the ordinary; null for an ordinary step and for
    /// records of other kinds. Printable ASCII. An ordinary step allocates nothing; neither does any other but a destroyed socket, whose
    /// destroyer is named.
    /// </summary>
    public static string? ReasonOf(in TraceRecord record) => record.Kind switch
    {
        TraceKind.StateChange => record.To == TcpState.Closed ? EndReasons.Of(in record) : StepReasons.Of(in record),
        TraceKind.TimeWaitCancelled => EndReasons.OfCancelled(in record),
        _ => null,
    };

    /// <summary>The last state it was in: a source that only hears of the end knows none, or CLOSED.</summary>
    private static TcpState LastOf(TcpState from, StatePath path)
    {
        for (int i = path.Count - 1; i >= 0 && (from == default || from == TcpState.Closed); i--)
        {
            from = path[i];
        }

        return from;
    }

    /// <summary>Who closed first. A socket that connected again begins anew after CLOSED.</summary>
    private static ClosingKind InOrder(TcpState last, StatePath path)
    {
        ClosingKind kind = last is TcpState.Closing ? ClosingKind.Simultaneous : ClosingKind.Active;
        bool isEnd = true;
        for (int i = path.Count - 1; i >= 0 && (isEnd || path[i] != TcpState.Closed); i--)
        {
            isEnd &= path[i] == TcpState.Closed;
            if (path[i] == TcpState.Closing)
            {
                kind = ClosingKind.Simultaneous;
            }
        }

        return kind;
    }
}
