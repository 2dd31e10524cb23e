using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// Counts changes on our side, where the kernel cannot: by a filter, or in a recorded trace, whose own time then says when an interval ends.
/// </summary>
/// <param name="report">Gets a block for each interval, and one for all in all.</param>
/// <param name="clock">Says when a block ended.</param>
/// <param name="interval">Null for the whole alone.</param>
/// <param name="blocksMax">Intervals after which it is enough; null: none.</param>
internal sealed class MatrixSink(MatrixReport report, TraceClock clock, TimeSpan? interval, long? blocksMax) : TraceSink
{
    private const long NanosecondsPerTick = 100;

    private readonly ulong _step = (ulong)((interval?.Ticks ?? 0) * NanosecondsPerTick);
    private readonly TransitionCounts _total = new();
    private TransitionCounts _part = new();
    private ulong _first;
    private ulong _begin;
    private ulong _last;
    private long _blocks;

    public override bool IsDone => _blocks >= blocksMax;

    public override void Write(in TraceRecord record, in LifeTail tail)
    {
        ulong? time = record.NanosecondsInOldState;
        Advance(record.AtNanoseconds);
        _part.Count(record.From, record.To, time);
        _total.Count(record.From, record.To, time);
    }

    public override void EndRound(ulong? nowNanoseconds)
    {
        if (nowNanoseconds is { } now)
        {
            Advance(now);
        }
    }

    public override void Complete(in TraceSummary summary) => Show(_total, _last, _last - _first, summary.Lost, isTotal: true);

    /// <summary>Records of several processors may come a little out of order; time goes on with the latest.</summary>
    private void Advance(ulong atNanoseconds)
    {
        if (_first == 0)
        {
            _first = _begin = atNanoseconds;
        }

        _last = Math.Max(_last, atNanoseconds);
        if (_step > 0 && _last - _begin >= _step)
        {
            Show(_part, _begin + _step, _step, missed: 0, isTotal: false);
            _part = new TransitionCounts();
            _begin += (_last - _begin) / _step * _step;
            _blocks++;
        }
    }

    private void Show(TransitionCounts counts, ulong at, ulong elapsed, ulong missed, bool isTotal)
        => report.Show(new MatrixBlock(counts, clock.TimeOf(at), new TimeSpan((long)elapsed / NanosecondsPerTick), missed, isTotal));
}
