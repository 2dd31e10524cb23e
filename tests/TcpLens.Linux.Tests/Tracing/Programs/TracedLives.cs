using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>The life of one connection as a source told it.</summary>
internal sealed record TracedLife(TraceRecord Record, LifeTail Tail);

internal static class TracedLives
{
    /// <summary>Reads until so many lives have come, and fails when there are more.</summary>
    public static List<TracedLife> ReadLives(this TraceSource source, int count)
    {
        List<TracedLife> told = [];
        Until.True(
            () =>
            {
                TraceBatch batch = new(source.Take());
                while (batch.MoveNext())
                {
                    Assert.Equal(TraceKind.LifeEnded, batch.Current.Kind);
                    told.Add(new TracedLife(batch.Current, batch.Tail));
                }

                source.Release();
                return told.Count >= count;
            },
            $"{count} lives must end, and {told.Count} have been told");
        Assert.Equal(count, told.Count);
        return told;
    }

    public static TraceRequest Wish => new() { Topics = TraceTopics.Lives, RingLength = 1 << 20 };

    /// <summary>In the namespace of the calling thread, looking as often as a test is patient.</summary>
    public static DestroyTracer Listen(uint ns) => Listen([new NetworkNamespace(ns) { IsOwn = true }]);

    public static DestroyTracer Listen(IReadOnlyList<NetworkNamespace> places)
    {
        DestroyTracer? tracer = DestroyTracer.TryOpen(Wish, places, out string? whyNot, TimeSpan.FromMilliseconds(20));
        Assert.Null(whyNot);
        return tracer!;
    }

    /// <summary>Waits for a look that begins now.</summary>
    public static void WaitForLook(this DestroyTracer tracer)
    {
        int looks = tracer.Looks;
        Until.True(() => tracer.Looks >= looks + 2, "the sockets must be looked at");   // One may have been under way.
    }
}
