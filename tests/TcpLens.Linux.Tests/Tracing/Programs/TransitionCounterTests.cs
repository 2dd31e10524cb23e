using System.Net;
using System.Net.Sockets;
using System.Numerics;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Counts against the records of a tracer at the same time; each script of <see cref="TraceScene"/> compares them too.</summary>
public sealed class TransitionCounterTests
{
    [RootTheory]
    [InlineData(30)]
    [InlineData(300)]
    public void Times_fall_into_the_bucket_of_their_highest_bit(int milliseconds)
    {
        using TestNamespace ns = new();
        using Puppet client = new(ns), server = new(ns);
        using TransitionCounter counter = Open(ns);
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0));
        Instant start = MonotonicClock.Now();
        client.Connect("c", at);
        server.Accept("s", "l");
        TimeSpan least = TraceScene.Pause(milliseconds);
        client.Shutdown("c", SocketShutdown.Send);
        TransitionCounts counts = counter.Read();
        TimeSpan most = MonotonicClock.Now() - start;

        // Both ends left ESTABLISHED, after a time between what was slept and what passed around it.
        Assert.Equal((1ul, 1ul), (counts[TcpState.Established, TcpState.FinWait1], counts[TcpState.Established, TcpState.CloseWait]));
        int[] buckets = [.. Enumerable.Range(0, TransitionCounts.Buckets).Where(bucket => counts.TimesIn(TcpState.Established)[bucket] != 0)];
        Assert.All(buckets, bucket => Assert.InRange(bucket, BucketOf(least), BucketOf(most)));
        Assert.Equal(2ul, buckets.Aggregate(0ul, (sum, bucket) => sum + counts.TimesIn(TcpState.Established)[bucket]));
        Assert.True(counts.NanosecondsIn(TcpState.Established) >= 2 * (ulong)least.TotalNanoseconds);
    }

    [RootFact]
    public void What_many_connections_do_is_counted_to_the_last_one_on_all_processors()
    {
        const int connections = 2000;
        using TestNamespace ns = new();
        using Puppet server = new(ns);
        using TransitionCounter counter = Open(ns);
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0), backlog: 4096);
        server.Serve("l");
        TransitionCounts before = counter.Read();
        Parallel.For(0, 4, _ => ns.Run(() =>
        {
            for (int i = 0; i < connections / 4; i++)
            {
                using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
                client.Connect(at);
            }
        }));

        TransitionCounts during = new();
        Until.True(() => (during = counter.Read() - before)[TcpState.Established, TcpState.Closed] == 2 * connections, "every connection must end at both ends");
        Assert.Equal(
            (connections, connections, connections, connections),
            ((int)during[TcpState.Closed, TcpState.SynSent], (int)during[TcpState.SynSent, TcpState.Established],
                (int)during[TcpState.Listen, TcpState.SynReceived], (int)during[TcpState.SynReceived, TcpState.Established]));
        Assert.Equal(6ul * connections, during.Total);
        Assert.Equal(0ul, counter.Missed);
    }

    [RootFact]
    public void Only_the_namespaces_that_were_asked_for_are_counted()
    {
        using TestNamespace wanted = new(), other = new();
        using TransitionCounter counter = Open(wanted), all = TransitionCounter.TryOpen([], out _)!;
        using Puppet here = new(wanted), there = new(other);
        here.Listen("l", new IPEndPoint(IPAddress.Loopback, 0));
        there.ConnectMany("c", 5, there.Listen("l", new IPEndPoint(IPAddress.Loopback, 0)));

        Assert.Equal(1ul, counter.Read().Total);
        Assert.True(all.Read()[TcpState.Closed, TcpState.SynSent] >= 5);
        Assert.Empty(counter.BlindSpots);
    }

    /// <summary>An early end is learnt when a mini-socket's memory is used again; whatever comes late, no pair falls below 0.</summary>
    [RootFact]
    public void Early_ends_are_counted_in_the_end_and_nothing_is_ever_negative()
    {
        using TestNamespace ns = new();
        using Puppet client = new(ns), server = new(ns);
        using TransitionCounter counter = Open(ns);
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0)), from = new(IPAddress.Loopback, 5000);
        for (int i = 0; i < 50; i++)
        {
            client.Connect("c", at, from);
            server.Accept("s", "l");
            server.Shutdown("s", SocketShutdown.Send);
            client.ReceiveAll("c", 1);
            client.Close("c");
            server.WaitFor("s", TcpState.Closed);
            server.Close("s");
        }

        TransitionCounts counts = counter.Read();
        Assert.Equal(50ul, counts[TcpState.FinWait2, TcpState.TimeWait]);
        Assert.InRange(counts[TcpState.TimeWait, TcpState.Closed], 1ul, 49ul);
        foreach (TcpState state in Enum.GetValues<TcpState>())
        {
            Assert.All(Enum.GetValues<TcpState>(), to => Assert.InRange(counts[state, to], 0ul, 50ul));
        }
    }

    private static int BucketOf(TimeSpan time) => BitOperations.Log2((ulong)time.TotalNanoseconds);

    private static TransitionCounter Open(TestNamespace ns)
        => TransitionCounter.TryOpen([ns.Run(NamespaceFinder.OwnNamespace)], out string? whyNot) ?? throw new InvalidOperationException(whyNot);
}
