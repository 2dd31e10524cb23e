namespace TcpLens.Capture.Tests;

public sealed class CapturePipelineTests
{
    [Fact]
    public void Batches_come_out_in_the_order_they_were_read()
    {
        long next = 0;
        var pipeline = new CapturePipeline(batch =>
        {
            batch.Clear();
            for (int segment = 0; segment < 10; segment++)
            {
                batch.Next() = new() { Frame = next++ };
                batch.Commit();
            }

            return next <= 10_000;
        });
        long expected = 0;
        pipeline.Run(
            batch =>
            {
                foreach (ref readonly CapturedSegment segment in batch.Segments)
                {
                    Assert.Equal(expected++, segment.Frame);
                }
            },
            CancellationToken.None);
        Assert.Equal(10_000, expected);
    }

    [Fact]
    public void What_was_read_before_an_error_is_taken_before_the_error_comes_out()
    {
        int read = 0, taken = 0;
        var pipeline = new CapturePipeline(_ => ++read <= 7 ? true : throw new IOException("the disk is gone"));
        IOException failure = Assert.Throws<IOException>(() => pipeline.Run(_ => taken++, CancellationToken.None));
        Assert.Equal(("the disk is gone", 7), (failure.Message, taken));
    }

    [Fact]
    public void An_error_of_the_taker_stops_the_reader()
    {
        var pipeline = new CapturePipeline(_ => true);
        Assert.Throws<InvalidOperationException>(() => pipeline.Run(_ => throw new InvalidOperationException(), CancellationToken.None));
    }

    [Fact]
    public void It_stops_when_asked_although_the_source_never_ends()
    {
        using var stop = new CancellationTokenSource();
        int taken = 0;
        new CapturePipeline(_ => true).Run(
            _ =>
            {
                if (++taken == 20)
                {
                    stop.Cancel();
                }
            },
            stop.Token);
        Assert.Equal(20, taken);
    }

    [Fact]
    public void It_stops_when_asked_although_the_source_waits()
    {
        using var stop = new CancellationTokenSource();
        var silence = new ManualResetEventSlim();
        int read = 0;
        new CapturePipeline(_ =>
        {
            if (++read == 3)
            {
                stop.Cancel();
                silence.Wait();
            }

            return true;
        }).Run(_ => { }, stop.Token);
        Assert.Equal(3, read);
        silence.Set();
    }
}
