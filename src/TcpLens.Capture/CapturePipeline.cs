using System.Collections.Concurrent;

namespace TcpLens.Capture;

/// <summary>
/// Reads and decodes on a thread of its own while the caller's thread takes what was decoded: two cores for one capture. Batches go
/// round in a ring, so memory is the same for any capture.
/// </summary>
public sealed class CapturePipeline(Func<PacketBatch, bool> read)
{
    /// <summary>Enough that neither side waits for the other's hiccups; more would only leave the caches.</summary>
    private const int BatchesInFlight = 4;

    /// <summary>
    /// Takes every batch, in order, until the source is over or the token asks to stop; the rest is then not read. A read that waits for a
    /// silent pipe is not waited for.
    /// </summary>
    /// <exception cref="IOException">The source could not be read: passed on from the other thread, after what came before it was taken.</exception>
    public void Run(Action<PacketBatch> take, CancellationToken stop)
    {
        var free = new BlockingCollection<PacketBatch>();
        var filled = new BlockingCollection<PacketBatch>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        for (int batch = 0; batch < BatchesInFlight; batch++)
        {
            free.Add(new(), stop);
        }

        Task reading = Task.Factory.StartNew(() => Read(free, filled, end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (filled.TryTake(out PacketBatch? batch, Timeout.Infinite, end.Token))
            {
                take(batch);
                free.Add(batch, end.Token);
            }

            reading.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop: what was taken stands.
        }
        finally
        {
            end.Cancel();
        }
    }

    private void Read(BlockingCollection<PacketBatch> free, BlockingCollection<PacketBatch> filled, CancellationToken end)
    {
        try
        {
            while (free.Take(end) is var batch && read(batch))
            {
                filled.Add(batch, end);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Whoever takes has had enough.
        }
        finally
        {
            filled.CompleteAdding();
        }
    }
}
