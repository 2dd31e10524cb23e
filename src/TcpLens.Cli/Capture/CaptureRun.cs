using TcpLens.Cli.Rendering;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>
/// The loop of a capture: takes what the kernel has, hands it on ten times a second, and sleeps when there is nothing. It does nothing
/// that could hold it up but writing files.
/// </summary>
internal sealed class CaptureRun(TimeProvider clock, LiveCapture capture, PacketGatherer gatherer, IPacketStore? store, LiveAnalysis analysis)
{
    /// <summary>Packets after which the loop looks around.</summary>
    private const int AtOnce = 10_000;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenHandOvers = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenNotes = TimeSpan.FromSeconds(1);

    private readonly long _start = clock.GetTimestamp();
    private long _lastHandOver = clock.GetTimestamp();
    private long _lastNote = clock.GetTimestamp();

    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    /// <summary>Until the time is over, or the packets are enough, or somebody interrupts.</summary>
    /// <exception cref="IOException">The interface has gone, or the packets can be written no longer.</exception>
    public void Run(TimeSpan? duration, long? count, Interruption interruption)
    {
        try
        {
            Loop(duration, count, interruption.Token);
            TakeTheRest(count);
        }
        catch (InterfaceGoneException)
        {
            TakeTheLast();
            throw;
        }
    }

    private void Loop(TimeSpan? duration, long? count, CancellationToken interruption)
    {
        while (!interruption.IsCancellationRequested && !analysis.IsOver && store?.IsDone != true && gatherer.Packets < (count ?? long.MaxValue))
        {
            if (duration - Elapsed is { Ticks: <= 0 })
            {
                break;
            }

            if (Round(count) == 0)
            {
                capture.Wait(duration - Elapsed is { } rest && rest < Moment ? rest : Moment);
            }
        }
    }

    private int Round(long? count)
    {
        int taken = capture.Read(gatherer, (int)Math.Min(AtOnce, (count ?? long.MaxValue) - gatherer.Packets));
        if (clock.GetElapsedTime(_lastHandOver) >= BetweenHandOvers)
        {
            _lastHandOver = clock.GetTimestamp();
            gatherer.HandOver();
            analysis.Tell(new(gatherer.Packets, gatherer.Octets, capture.Counts(), store));
        }

        if (store is not null && clock.GetElapsedTime(_lastNote) >= BetweenNotes)
        {
            _lastNote = clock.GetTimestamp();
            store.Note();
        }

        return taken;
    }

    /// <summary>
    /// What came before the end is part of the capture, though the kernel hands it over only now: it keeps packets back for as long as
    /// its latency.
    /// </summary>
    private void TakeTheRest(long? count)
    {
        gatherer.EndNanoseconds = CaptureClock.Nanoseconds(clock);
        long since = clock.GetTimestamp();
        while (!gatherer.IsPastEnd && gatherer.Packets < (count ?? long.MaxValue))
        {
            int taken = Round(count);
            if (taken == 0 && clock.GetElapsedTime(since) > capture.Options.Latency * 2)
            {
                break;
            }

            if (taken == 0)
            {
                capture.Wait(capture.Options.Latency);
            }
        }

        Conclude();
    }

    /// <summary>What an interface left in the ring when it went. The kernel closes the last block when its time is over.</summary>
    private void TakeTheLast()
    {
        Thread.Sleep(capture.Options.Latency * 2);
        try
        {
            while (capture.Read(gatherer, AtOnce) > 0)
            {
            }
        }
        catch (InterfaceGoneException)
        {
            // It is known already.
        }

        Conclude();
    }

    private void Conclude()
    {
        gatherer.HandOver();
        analysis.Tell(new(gatherer.Packets, gatherer.Octets, capture.Counts(), store));
    }
}
