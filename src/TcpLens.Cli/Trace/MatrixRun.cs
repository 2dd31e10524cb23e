using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>The matrix as the kernel counts it: a look at its numbers now and then, and nothing else to do.</summary>
internal sealed class MatrixRun(Session session, TransitionCounter counter, MatrixReport report)
{
    private readonly TransitionCounts _start = counter.Read();
    private readonly long _begin = session.Clock.GetTimestamp();

    /// <summary>Until the time is over, enough blocks were shown, or somebody interrupts.</summary>
    public void Run(TimeSpan? interval, TimeSpan? duration, long? blocks, Interruption interruption)
    {
        TransitionCounts before = _start;
        TimeSpan shown = TimeSpan.Zero;
        for (long block = 1; !interruption.Token.IsCancellationRequested; block++)
        {
            TimeSpan? end = Earlier(block * interval, duration);
            TimeSpan? rest = end - session.Clock.GetElapsedTime(_begin);
            _ = interruption.Token.WaitHandle.WaitOne(Whole(rest));
            TimeSpan now = session.Clock.GetElapsedTime(_begin);
            if (interval is not null)
            {
                TransitionCounts counts = counter.Read();
                Show(counts - before, now - shown, missed: 0, isTotal: false);
                (before, shown) = (counts, now);
            }

            if (block == blocks || now >= duration)
            {
                break;
            }
        }

        Show(counter.Read() - _start, session.Clock.GetElapsedTime(_begin), counter.Missed, isTotal: true);
    }

    private void Show(TransitionCounts counts, TimeSpan elapsed, ulong missed, bool isTotal)
    {
        report.Show(new MatrixBlock(counts, session.Clock.GetUtcNow(), elapsed, missed, isTotal));
        session.Output.Flush();
    }

    /// <summary>The wait is in whole milliseconds, and must not end before its time.</summary>
    private static int Whole(TimeSpan? wait)
        => wait is not { } time ? Timeout.Infinite : (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, int.MaxValue);

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other : one;
}
