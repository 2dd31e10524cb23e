using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>A table of 32 sockets, and more of them than that.</summary>
public sealed class SocketSweeperTests
{
    private const int Most = 32;

    [RootFact]
    public void A_table_that_was_full_has_room_again_when_its_sockets_have_ended() => OwnThread.InNewNamespace(ns =>
    {
        using BpfTracer tracer = BpfTracer.TryOpen(new TraceRequest { Topics = TraceTopics.StateChanges, Namespaces = [ns] }, Most, out _)!;
        new Crowd(100).Dispose();
        ulong refused = tracer.UnrememberedChanges;
        Assert.InRange(refused, 1ul, 1000ul);
        Assert.Contains(ReadAll(tracer), static record => record is { To: TcpState.Established, SinceNanoseconds: 0 });

        // Reading has swept. What comes now may have the address of one that was remembered, or of one that was not.
        using Crowd few = new(Most / 4);
        TraceRecord[] established = [.. ReadAll(tracer).Where(static record => record.To == TcpState.Established)];
        Assert.Equal(2 * (Most / 4), established.Length);
        Assert.All(established, static record => Assert.NotEqual(0ul, record.SinceNanoseconds));
        Assert.Equal(refused, tracer.UnrememberedChanges);
    });

    [RootFact]
    public void Those_that_live_are_not_swept_away() => OwnThread.InNewNamespace(ns =>
    {
        using BpfTracer tracer = BpfTracer.TryOpen(new TraceRequest { Topics = TraceTopics.StateChanges, Namespaces = [ns] }, Most, out _)!;
        using Crowd few = new(4);
        new Crowd(100).Dispose();
        Assert.NotEqual(0ul, tracer.UnrememberedChanges);
        ReadAll(tracer);
        few.Close();

        TraceRecord[] closing = [.. ReadAll(tracer).Where(static record => record.To == TcpState.FinWait1)];
        Assert.Equal(4, closing.Length);
        Assert.All(closing, static record => Assert.NotEqual(0ul, record.SinceNanoseconds));
    });

    [RootFact]
    public void Counting_makes_room_too_and_counts_what_it_does_not_remember() => OwnThread.InNewNamespace(ns =>
    {
        using TransitionCounter counter = TransitionCounter.TryOpen([ns], Most, out _)!;
        new Crowd(100).Dispose();
        ulong refused = counter.UnrememberedChanges;
        Assert.InRange(refused, 1ul, 1000ul);
        TransitionCounts before = counter.Read();
        Assert.Equal(100ul, before[TcpState.SynSent, TcpState.Established]);
        Assert.True(TimesIn(before, TcpState.SynSent) < 100);

        using Crowd few = new(Most / 4);
        Assert.Equal((ulong)(Most / 4), TimesIn(counter.Read() - before, TcpState.SynSent));
        Assert.Equal(refused, counter.UnrememberedChanges);
    });

    private static ulong TimesIn(TransitionCounts counts, TcpState state) => counts.TimesIn(state).ToArray().Aggregate(0ul, static (sum, count) => sum + count);

    private static List<TraceRecord> ReadAll(BpfTracer tracer)
    {
        List<TraceRecord> told = [];
        TraceBatch batch = new(tracer.Take());
        while (batch.MoveNext())
        {
            told.Add(batch.Current);
        }

        tracer.Release();
        return told;
    }

    /// <summary>So many connections at once, whose other ends wait in the queue of a listener and end with it.</summary>
    private sealed class Crowd : IDisposable
    {
        private readonly Socket _listener = TestSockets.Listener();
        private readonly Socket[] _clients;

        public Crowd(int count)
        {
            _listener.Listen(count);
            _clients = [.. Enumerable.Range(0, count).Select(_ => TestSockets.ConnectTo(_listener))];
        }

        public void Close() => Array.ForEach(_clients, static client => client.Shutdown(SocketShutdown.Send));

        public void Dispose()
        {
            _listener.Dispose();
            Array.ForEach(_clients, static client => client.Dispose());
        }
    }
}
