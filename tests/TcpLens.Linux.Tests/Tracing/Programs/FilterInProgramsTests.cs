using System.Net;
using System.Net.Sockets;
using TcpLens.Linux.Tests.Filtering;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>What the programs leave out themselves, beside a tracer that tells everything of the same connections.</summary>
public sealed class FilterInProgramsTests
{
    /// <summary>Filters that the programs understand in full.</summary>
    private static readonly string[] Exact =
    [
        "sport 1000", "dport 1000", "not sport 1000", "not dport 1000", "port 1002", "sport 1001-2001", "not sport 1001-2001", "sport <= 1001",
        "dport >= 2002", "sport != 2003", "sport 1000,1002,2003", "sport 1000 or dport 1001", "not (sport 1000 or dport 1001)",
        "sport 1000 and dport 2000", "not (sport 1000 and dport 2000)", "src 127.0.0.1", "not src 127.0.0.1", "dst 127.0.0.2", "src 127.0.0.2/31",
        "not dst 127.0.0.0/30", "src 127/8", "addr 127.0.0.3", "src 0.0.0.0/0", "dst ::1", "not dst ::1", "src ::/0", "src ::/127", "src ::ffff:127.0.0.1",
        "src ::ffff:0:0/96", "family v4", "family v6", "not family v6", "family v6 and dport 1003", "src ::1 or dst 127.0.0.3", "src 127.0.0.1 and sport 1000",
        "state established", "state time-wait,close-wait", "exclude established", "state syn-recv", "state listening", "state closed and sport 2000",
        "state all and dst 127.0.0.1", "sport 1000 or sport 2000 or src 127.0.0.3 and not dport 1001", "port 9", "not sport *", "sport *",
    ];

    /// <summary>Filters of which they understand a part, so that they may tell more.</summary>
    private static readonly string[] Estimated =
    [
        "sport 1000 and rtt > 100ms", "not (sport 1000 and rtt > 100ms)", "sport 1000 or pid 1", "state established or sport 1000", "not (state established or sport 1000)",
        "kind time-wait", "process nobody or dst ::1", "dev 1 or sport 2001", "not dev 1 and sport 2001", "cgroup 5 or sport 1000", "fwmark 5 and sport 1000",
    ];

    private static readonly TcpState[][] Steps =
    [
        [TcpState.Established], [TcpState.SynSent, TcpState.Closed], [TcpState.Listen], [TcpState.SynReceived], [TcpState.FinWait2], [TcpState.TimeWait],
    ];

    [RootFact]
    public void Every_record_that_a_filter_means_comes_and_no_other_when_ports_and_addresses_and_states_decide()
    {
        using TestNamespace ns = new();
        using Sieve everything = Open(ns, SocketFilter.Everything);
        Sieve[] exact = [.. Exact.Select(text => Open(ns, Parse(text)))];
        Sieve[] estimated = [.. Estimated.Select(text => Open(ns, Parse(text)))];
        try
        {
            Act(ns);
            List<TraceRecord> all = everything.ReadToTheEnd();
            Assert.True(all.Count > 30, $"the script must be told:\n{Lines(all)}");
            for (int i = 0; i < exact.Length; i++)
            {
                Assert.True(
                    Names(Meant(all, exact[i].Filter)).SequenceEqual(Names(exact[i].ReadToTheEnd())),
                    $"'{Exact[i]}' means\n{Lines(Meant(all, exact[i].Filter))}\nand told is\n{Lines(exact[i].ReadToTheEnd())}");
            }

            for (int i = 0; i < estimated.Length; i++)
            {
                List<TraceRecord> told = estimated[i].ReadToTheEnd();
                Assert.True(Names(Meant(all, estimated[i].Filter)).All(Names(told).ToHashSet().Contains), $"'{Estimated[i]}' loses records");
            }

            Assert.Contains(estimated, one => one.ReadToTheEnd().Count < all.Count);
        }
        finally
        {
            Array.ForEach(exact, static one => one.Dispose());
            Array.ForEach(estimated, static one => one.Dispose());
        }
    }

    [RootFact]
    public void Changes_come_from_and_to_the_states_that_were_asked_for()
    {
        using TestNamespace ns = new();
        using Sieve everything = Open(ns, SocketFilter.Everything);
        (StateSet From, StateSet To, Sieve Told)[] asked =
        [
            .. from first in Steps.Prepend(Enum.GetValues<TcpState>())
               from second in Steps.Prepend(Enum.GetValues<TcpState>())
               let sets = (StateSet.Of(first), StateSet.Of(second))
               select (sets.Item1, sets.Item2, Open(ns, SocketFilter.Everything, TraceTopics.StateChanges, sets.Item1, sets.Item2)),
        ];
        try
        {
            Act(ns);
            TraceRecord[] changes = [.. everything.ReadToTheEnd().Where(static record => record.Kind == TraceKind.StateChange)];
            foreach ((StateSet from, StateSet to, Sieve sieve) in asked)
            {
                IEnumerable<TraceRecord> meant = changes.Where(record => (from.Contains(record.From) && to.Contains(record.To))
                    || (record.Has(TraceMarks.Born) && from.Contains(TcpState.Listen) && to.Contains(TcpState.SynReceived)));
                Assert.Equal(Lines(meant), Lines(sieve.ReadToTheEnd()));
            }
        }
        finally
        {
            Array.ForEach(asked, static one => one.Told.Dispose());
        }
    }

    [RootFact]
    public void Connects_alone_are_the_changes_out_of_syn_sent()
    {
        using TestNamespace ns = new();
        using Sieve everything = Open(ns, SocketFilter.Everything), connects = Open(ns, SocketFilter.Everything, TraceTopics.Connects);
        Act(ns);
        Assert.Equal(
            Lines(everything.ReadToTheEnd().Where(static record => record is { Kind: TraceKind.StateChange, From: TcpState.SynSent })),
            Lines(connects.ReadToTheEnd()));
    }

    /// <summary>The end that was taken for one has to be taken back, whatever was asked for.</summary>
    [RootTheory]
    [InlineData("state closed")]
    [InlineData("all")]
    public void A_time_wait_that_begins_anew_is_told_to_all_who_were_told_its_end(string filter)
    {
        using TestNamespace ns = new();
        using Puppet client = new(ns), server = new(ns);
        using Forger forger = new(ns);
        client.Connect("c", server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0)));
        server.Accept("s", "l");
        ForgedSegment last = ForgedSegment.From(server, "s");
        using Sieve sieve = Open(ns, filter == "all" ? SocketFilter.Everything : Parse(filter), TraceTopics.StateChanges, to: StateSet.Of(TcpState.Closed));
        client.Shutdown("c", SocketShutdown.Send);
        server.ReceiveAll("s", 1);
        server.Close("s");
        client.WaitFor("c", TcpState.Closed);
        Until.True(
            () =>
            {
                forger.Send(last with { Sequence = last.Sequence + 1, Acknowledgment = last.Acknowledgment + 1, Timestamp = last.Timestamp + 1000 });
                return sieve.Read().Exists(static record => record.Kind == TraceKind.TimeWaitCancelled);
            },
            "the timer must be set anew");
        Until.True(() => sieve.Read().Exists(static record => record.Kind == TraceKind.TimeWaitRestarted), "the end must be taken back");
    }

    [RootFact]
    public void Other_namespaces_are_not_seen_unless_none_is_named()
    {
        using TestNamespace wanted = new(), other = new();
        uint[] inodes = [wanted.Run(NamespaceFinder.OwnNamespace), other.Run(NamespaceFinder.OwnNamespace)];
        using Sieve one = Open([inodes[0]]), both = Open(inodes), all = Open([]);
        Act(other);
        Act(wanted);

        Assert.All(one.ReadToTheEnd(), record => Assert.Equal(inodes[0], record.Namespace));
        List<TraceRecord> toldOfBoth = both.ReadToTheEnd();
        Assert.Equal(inodes.Order(), toldOfBoth.Select(static record => record.Namespace).Distinct().Order());
        Assert.Equal(Lines(toldOfBoth.Where(record => record.Namespace == inodes[0])), Lines(one.ReadToTheEnd()));
        Assert.Equal(Lines(toldOfBoth), Lines(all.ReadToTheEnd().Where(record => inodes.Contains(record.Namespace))));
    }

    /// <summary>Connections of both families, held to different ends, from ports and to ports that are known; the last goes to port 9.</summary>
    private static void Act(TestNamespace ns)
    {
        using Puppet client = new(ns), server = new(ns);
        (string Listener, int Port, string Client, string To)[] connections =
        [
            ("127.0.0.1", 1000, "127.0.0.1", "127.0.0.1"), ("127.0.0.2", 1001, "127.0.0.3", "127.0.0.2"), ("::1", 1002, "::1", "::1"), ("::", 1003, "127.0.0.1", "127.0.0.1"),
        ];
        foreach ((string listener, int port, string from, string to) in connections)
        {
            server.Listen($"l{port}", new IPEndPoint(IPAddress.Parse(listener), port));
            client.Connect($"c{port}", new IPEndPoint(IPAddress.Parse(to), port), new IPEndPoint(IPAddress.Parse(from), port + 1000));
            server.Accept($"s{port}", $"l{port}");
        }

        client.Close("c1000");
        server.ReceiveAll("s1000", 1);
        server.Close("s1000");
        server.Close("s1001");
        client.ReceiveAll("c1001", 1);
        client.Close("c1001");
        client.Reset("c1002");
        server.WaitFor("s1002", TcpState.Closed);
        client.Shutdown("c1003", SocketShutdown.Send);
        server.WaitFor("s1003", TcpState.CloseWait);
        client.WaitFor("c1003", TcpState.FinWait2);
        Assert.Equal("ECONNREFUSED", client.Try(static puppet => puppet.Connect("refused", new IPEndPoint(IPAddress.Loopback, 1004), new IPEndPoint(IPAddress.Loopback, 2004))));
        Assert.Equal("ECONNREFUSED", client.Try(static puppet => puppet.Connect("last", new IPEndPoint(IPAddress.Loopback, 9), new IPEndPoint(IPAddress.Loopback, 9000))));
    }

    private static SocketFilter Parse(string text) => SocketFilter.Parse(text, new NumberedNames()) is { Filter: { } filter } ? filter : throw new ArgumentException(text);

    private static Sieve Open(
        TestNamespace ns, SocketFilter filter, TraceTopics topics = TraceTopics.StateChanges | TraceTopics.Lives, StateSet? from = null, StateSet? to = null)
        => new(new TraceRequest
        {
            Topics = topics,
            Filter = filter,
            From = from ?? StateSet.All,
            To = to ?? StateSet.All,
            Namespaces = [ns.Run(NamespaceFinder.OwnNamespace)],
            RingLength = 1 << 17,
        });

    private static Sieve Open(IReadOnlyList<uint> namespaces) => new(new TraceRequest { Topics = TraceTopics.StateChanges, Namespaces = namespaces });

    private static IEnumerable<TraceRecord> Meant(List<TraceRecord> all, SocketFilter filter) => all.Where(record => Matches(filter, record)
        || (record.Has(TraceMarks.Born) && Matches(filter, record with { From = TcpState.Listen, To = TcpState.SynReceived })));

    private static bool Matches(SocketFilter filter, TraceRecord record) => filter.Matches(record.ToEntry(), new NoContext());

    /// <summary>What two tracers tell alike.</summary>
    private static IEnumerable<(TraceKind, ulong, TcpState, TcpState, Endpoint, Endpoint)> Names(IEnumerable<TraceRecord> records)
        => records.Select(static record => (record.Kind, record.Cookie, record.From, record.To, record.Local, record.Remote));

    private static string Lines(IEnumerable<TraceRecord> records) => string.Join('\n', Names(records));

    /// <summary>A tracer with a filter, and what it told.</summary>
    private sealed class Sieve(TraceRequest request) : IDisposable
    {
        private readonly BpfTracer _tracer = BpfTracer.TryOpen(request, out string? whyNot) ?? throw new InvalidOperationException($"{request.Filter}: {whyNot}");
        private readonly List<TraceRecord> _told = [];

        public SocketFilter Filter => request.Filter;

        public List<TraceRecord> Read()
        {
            TraceBatch batch = new(_tracer.Take());
            while (batch.MoveNext())
            {
                _told.Add(batch.Current);
            }

            _tracer.Release();
            return _told;
        }

        /// <summary>The script has ended, and all programs have run by then: connect() returned after them.</summary>
        public List<TraceRecord> ReadToTheEnd()
        {
            Assert.Equal(0ul, _tracer.Lost);
            return Read();
        }

        public void Dispose() => _tracer.Dispose();
    }
}
