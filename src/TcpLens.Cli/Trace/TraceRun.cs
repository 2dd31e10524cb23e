using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// The loop of a trace: takes what there is, hands it on, and sleeps for a moment when there is little. Waking at each event is what makes
/// other tracers dear; a hundred times a second is soon enough for a person.
/// </summary>
internal sealed class TraceRun(Session session, TraceSource source, TraceConsumer consumer)
{
    /// <summary>Octets from which on more is waiting already.</summary>
    private const int Busy = 64 << 10;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromSeconds(1);

    private readonly long _start = session.Clock.GetTimestamp();
    private long _lastWarning;
    private ulong _told;

    /// <summary>Until the end of the source, of the time, of what was asked for, or until somebody interrupts.</summary>
    /// <returns>What it came to.</returns>
    public TraceSummary Run(TimeSpan? duration, Interruption interruption)
    {
        bool isLive = source is not TraceFileReader;
        try
        {
            while (!consumer.IsDone && !interruption.Token.IsCancellationRequested)
            {
                int length = Round(isLive);
                if (source.IsAtEnd || Remaining(duration) is { Ticks: <= 0 })
                {
                    break;
                }

                if (length < Busy)
                {
                    session.Output.Flush();
                    if (isLive)
                    {
                        _ = interruption.Token.WaitHandle.WaitOne(Remaining(duration) is { } rest && rest < Moment ? rest : Moment);
                    }
                }
            }

            // What came while it slept belongs to the time asked for.
            _ = source.IsAtEnd ? 0 : Round(isLive);
        }
        catch (OutputClosedException)
        {
            TellLosses(source.Lost, isLast: true);
            throw;
        }

        (ulong lost, ulong unrecorded) = (source.Lost, source.Unrecorded);
        TellLosses(lost, isLast: true);
        TellGaps(unrecorded);
        var summary = new TraceSummary(consumer.Events, lost + unrecorded, isLive ? session.Clock.GetElapsedTime(_start) : null);
        consumer.Complete(in summary);
        session.Output.Flush();
        return summary;
    }

    private int Round(bool isLive)
    {
        ReadOnlySpan<byte> frames = source.Take();
        int length = frames.Length;
        if (length > 0 && !consumer.IsDone)
        {
            consumer.Take(frames);
        }

        source.Release();
        consumer.EndRound(isLive ? (ulong)TraceClock.MonotonicNow(session.Clock) : null);
        TellLosses(source.Lost, isLast: false);
        return length;
    }

    private TimeSpan? Remaining(TimeSpan? duration) => duration - session.Clock.GetElapsedTime(_start);

    private void TellLosses(ulong lost, bool isLast)
    {
        if (lost == _told || (!isLast && _told > 0 && session.Clock.GetElapsedTime(_lastWarning) < BetweenWarnings))
        {
            return;
        }

        _told = lost;
        _lastWarning = session.Clock.GetTimestamp();
        session.Error.Warning(source is TraceFileReader
            ? $"{Words(lost, "event")} lost when this was recorded"
            : $"{Words(lost, "event")} lost so far; fewer are with a filter or with -o FILE, and none with --matrix");
        consumer.Lost(lost);
    }

    /// <summary>What is missing for other reasons than that there was no room.</summary>
    private void TellGaps(ulong unrecorded)
    {
        if (unrecorded > 0)
        {
            session.Error.Warning($"{Words(unrecorded, "event")} counted by the kernel but not recorded by perf; with BPF they are told");
        }

        if (source.MissedTimers is > 0 and var timers)
        {
            session.Error.Warning($"{Words(timers, "timer")} not looked at in time; if one was that of a TIME_WAIT, its end is missing");
        }

        if (source.UnrememberedChanges is > 0 and var changes)
        {
            session.Error.Note($"{changes:N0} changes were of sockets for which there was no room to remember: their next times, and what only earlier events show, are missing");
        }
    }

    private static string Words(ulong count, string what) => count == 1 ? $"1 {what} was" : $"{count:N0} {what}s were";
}
