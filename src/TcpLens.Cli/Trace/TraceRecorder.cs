using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Keeps a trace in a file: as the source hands it out where all of it passes, and otherwise without what does not. What passed when
/// it was recorded need not be judged again when it is read: by then nobody may know any more whose a socket was.
/// </summary>
internal sealed class TraceRecorder(TraceWish wish, TraceOwners owners, TraceFileWriter file, TimeProvider clock) : TraceConsumer
{
    private readonly byte[] _small = new byte[64 << 10];
    private readonly long _before = file.Records;
    private int _used;

    public override long Events => file.Records - _before;

    public override bool IsDone => Events >= wish.Limit;

    public override void Take(ReadOnlySpan<byte> frames)
    {
        long room = (wish.Limit - Events) ?? long.MaxValue;
        var batch = new TraceBatch(frames);
        int start = 0;   // Of a run of records that pass.
        int end = 0;
        while (room > 0 && batch.MoveNext())
        {
            owners.Learn(in batch.Current);
            if (Passes(in batch.Current, batch.Tail))
            {
                room--;
            }
            else
            {
                Keep(frames[start..end]);
                start = batch.Consumed;
            }

            end = batch.Consumed;
        }

        Keep(frames[start..end]);
        Send();
    }

    public override void Complete(in TraceSummary summary) => file.End((ulong)TraceClock.MonotonicNow(clock), summary.Lost);

    /// <summary>A record that makes two steps is kept for either of them; the news that a TIME_WAIT goes on, with that of its end.</summary>
    private bool Passes(in TraceRecord record, in LifeTail tail)
    {
        if (!wish.Wants(in record))
        {
            return record.Kind == TraceKind.Owner;
        }

        if (record.Kind == TraceKind.TimeWaitRestarted)
        {
            return wish.Passes(record with { Kind = TraceKind.TimeWaitCancelled, To = TcpState.Closed }, in tail, owners);
        }

        return wish.Passes(in record, in tail, owners)
            || (record.Kind == TraceKind.StateChange && record.Has(TraceMarks.Born) && wish.Passes(TraceSieve.BirthIn(in record), in tail, owners));
    }

    /// <summary>A long run goes to the file as it is, short ones are gathered.</summary>
    private void Keep(ReadOnlySpan<byte> run)
    {
        if (run.Length > _small.Length - _used)
        {
            Send();
        }

        if (run.Length > _small.Length / 2)
        {
            file.Write(run);
        }
        else
        {
            run.CopyTo(_small.AsSpan(_used));
            _used += run.Length;
        }
    }

    private void Send()
    {
        if (_used > 0)
        {
            file.Write(_small.AsSpan(0, _used));
            _used = 0;
        }
    }
}
