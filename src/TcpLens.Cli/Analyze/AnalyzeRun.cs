using System.Globalization;
using TcpLens.Capture;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli;

/// <summary>Reads captures to their end and shows how far it is; Ctrl-C ends with what there is.</summary>
internal sealed class AnalyzeRun(Session session, CaptureInput input, ConnectionAnalyzer analyzer)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly long _start = session.Clock.GetTimestamp();
    private long _told;

    /// <param name="interruption">Ends it.</param>
    /// <param name="isDone">True when the rest is of no interest; null to read everything.</param>
    public void Run(Interruption interruption, Func<bool>? isDone = null)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
        new CapturePipeline(input.TryRead).Run(
            batch =>
            {
                analyzer.Take(batch);
                Tell();
                if (isDone?.Invoke() == true)
                {
                    enough.Cancel();
                }
            },
            enough.Token);
        analyzer.Complete();
        session.Error.EndProgress();
    }

    /// <summary>Goes on as the file grows, and shows what there is now and then, until somebody interrupts.</summary>
    public void Follow(Interruption interruption, Action show)
    {
        var batch = new PacketBatch();
        bool isOver = false;
        for (bool isFirst = true; !isOver; isFirst = false)
        {
            // Whoever interrupts wants to see what there is until then: so it is read once more.
            isOver = interruption.Token.WaitHandle.WaitOne(isFirst ? TimeSpan.Zero : Pause);
            bool hasGrown = isFirst;
            while (input.TryRead(batch))
            {
                analyzer.Take(batch);
                hasGrown = true;
            }

            if (hasGrown && !isOver)
            {
                show();
            }
        }

        analyzer.Complete();
    }

    /// <summary>Packets, their rate, the part of the file, the time left.</summary>
    private void Tell()
    {
        TimeSpan elapsed = session.Clock.GetElapsedTime(_start);
        if (elapsed < Silence || (_told != 0 && session.Clock.GetElapsedTime(_told) < Pause))
        {
            return;
        }

        _told = session.Clock.GetTimestamp();
        long packets = input.Packets;
        double share = input.Length is > 0 and { } length ? Math.Min(1, (double)input.FileOctets / length) : 0;
        string rest = share > 0 ? string.Create(CultureInfo.InvariantCulture, $", {share:P0}, {(elapsed / share) - elapsed:m\\:ss} left") : "";
        session.Error.Progress(string.Create(CultureInfo.InvariantCulture, $"{packets:N0} packets, {packets / elapsed.TotalSeconds / 1e6:0.00} million a second{rest}"));
    }
}
