using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Between a source and a sink: leaves out what nobody wants to see, makes the two steps of a passive open out of the one record it comes in,
/// and tells a TIME_WAIT that ended early from one that only began anew.
/// </summary>
internal sealed class TraceSieve(TraceWish wish, TraceOwners owners, TraceSink sink) : TraceConsumer
{
    private readonly HeldCancels _held = new();
    private long _events;

    public override long Events => _events;

    public override bool IsDone => _events >= wish.Limit || sink.IsDone;

    public override void Take(ReadOnlySpan<byte> frames)
    {
        var batch = new TraceBatch(frames);
        while (batch.MoveNext() && !IsDone)
        {
            ref readonly TraceRecord record = ref batch.Current;
            owners.Learn(in record);
            if (!wish.Wants(in record))
            {
                continue;
            }

            if (!_held.IsEmpty)
            {
                TakeHeld(record.AtNanoseconds);
            }

            Sort(in record, record.Kind == TraceKind.LifeEnded ? batch.Tail : default);
        }
    }

    public override void EndRound(ulong? nowNanoseconds)
    {
        _held.EndRound();
        TakeHeld(atNanoseconds: 0);
        sink.EndRound(nowNanoseconds);
    }

    public override void Lost(ulong events) => sink.Lost(events);

    public override void Complete(in TraceSummary summary)
    {
        while (!_held.IsEmpty)
        {
            OfferHeld();
        }

        sink.Complete(summary with { Events = _events });
    }

    private void Sort(in TraceRecord record, in LifeTail tail)
    {
        switch (record.Kind)
        {
            case TraceKind.TimeWaitCancelled:
                if (_held.IsFull)
                {
                    OfferHeld();
                }

                _held.Hold(in record);
                break;
            case TraceKind.TimeWaitRestarted:
                _held.Forget(record.Socket);
                break;
            case TraceKind.StateChange when record.Has(TraceMarks.MiniSocket):
                _held.Forget(record.Socket);   // An orphan's FIN_WAIT_2 became TIME_WAIT.
                Offer(in record, in tail);
                break;
            case TraceKind.StateChange when record.Has(TraceMarks.Born):
                TraceRecord birth = BirthIn(in record);
                Offer(in birth, in tail);
                Offer(in record, in tail);
                break;
            default:
                Offer(in record, in tail);
                break;
        }
    }

    /// <summary>The step out of LISTEN that a passive open began with. How long the listener had listened is not part of this connection.</summary>
    internal static TraceRecord BirthIn(in TraceRecord record) => record with
    {
        AtNanoseconds = record.SinceNanoseconds,
        SinceNanoseconds = 0,
        From = TcpState.Listen,
        To = record.From,
        RttMicroseconds = 0,
    };

    private void TakeHeld(ulong atNanoseconds)
    {
        while (_held.IsRipe(atNanoseconds))
        {
            OfferHeld();
        }
    }

    private void OfferHeld()
    {
        TraceRecord ended = _held.TakeOldest();
        if (ended.Kind != TraceKind.None)
        {
            Offer(in ended, default);
        }
    }

    private void Offer(in TraceRecord record, in LifeTail tail)
    {
        if (!IsDone && wish.Passes(in record, in tail, owners))
        {
            _events++;
            sink.Write(in record, in tail);
        }
    }
}
