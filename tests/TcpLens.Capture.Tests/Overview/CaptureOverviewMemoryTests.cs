using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

[Collection(nameof(Alone))]
public sealed class CaptureOverviewMemoryTests
{
    [Fact]
    public void Ten_times_the_connections_take_no_more_memory()
    {
        long small = Grown(20_000), large = Grown(200_000);
        Assert.InRange(large, 0, small + 200_000);

        static long Grown(int connections)
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            var overview = new CaptureOverview();
            for (int i = 0; i < connections; i++)
            {
                overview.Ended(CaptureOverviewTests.Record(i + 1, $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}", "10.0.0.9", ConnectionOutcome.Unanswered, SegmentMarks.Retransmission, i));
            }

            long after = GC.GetTotalMemory(forceFullCollection: true);
            GC.KeepAlive(overview);
            return after - before;
        }
    }
}
