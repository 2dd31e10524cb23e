using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Keeps a trace in a file: as the source hands it out where all of it is wanted, and otherwise what passes, record by record. What passed when
/// it was recorded need not be judged again when it is read: by then nobody may know any more whose a socket was.
/// </summary>
internal sealed class TraceRecorder(TraceWish wish, TraceOwners owners, TraceFileWriter file, TimeProvider clock) : TraceConsumer
{
    private readonly byte[] _chosen = new byte[64 << 10];
    private readonly long _before = file.Records;
    private int _length;

    public override long Events => file.Records - _before;

    public override bool IsDone => Events >= wish.Limit;

    public override void Take(ReadOnlySpan<byte> frames)
    {
        if (wish.TakesAll)
        {
            file.Write(frames);
            return;
        }

        long room = wish.Limit - Events ?? long.MaxValue;
        var batch = new TraceBatch(frames);
        int start = 0;
        while (room > 0 && batch.MoveNext())
        {
            owners.Learn(in batch.Current);
            if (wish.Wants(in batch.Current) && Passes(in batch.Current, batch.Tail))
            {
                Choose(frames[start..batch.Consumed]);
                room--;
            }

            start = batch.Consumed;
        }

        Send();
    }

    public override void Complete(in TraceSummary summary) => file.End((ulong)TraceClock.MonotonicNow(clock), summary.Lost);

    /// <summary>A record that makes two steps is kept for either of them; the news that a TIME_WAIT goes on, with that of its end.</summary>
    private bool Passes(in TraceRecord record, in LifeTail tail)
    {
        TraceRecord told = record.Kind switch
        {
            TraceKind.TimeWaitCancelled or TraceKind.TimeWaitRestarted => record with { Kind = TraceKind.TimeWaitCancelled, To = TcpState.Closed },
            _ => record,
        };
        return wish.Passes(in told, in tail, owners)
            || (record.Kind == TraceKind.StateChange && record.Has(TraceMarks.Born) && TraceSieve.BirthIn(in record) is var birth && wish.Passes(in birth, in tail, owners));
    }

    private void Choose(ReadOnlySpan<byte> frame)
    {
        if (_length + frame.Length > _chosen.Length)
        {
            Send();
        }

        frame.CopyTo(_chosen.AsSpan(_length));
        _length += frame.Length;
    }

    private void Send()
    {
        if (_length > 0)
        {
            file.Write(_chosen.AsSpan(0, _length));
            _length = 0;
        }
    }
}
