using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Cli.Tests.Trace;

/// <summary>From the records of a source to the steps that people are shown.</summary>
public sealed class TraceSieveTests
{
    private static readonly TraceRecord Cancelled = Traced.Event(TraceKind.TimeWaitCancelled, TimeWait) with { Marks = TraceMarks.MiniSocket, Pid = 0 };

    [Fact]
    public void A_passive_open_is_two_steps_and_the_first_has_its_own_time()
    {
        TraceRecord born = Traced.Change(SynReceived, Established) with { Marks = TraceMarks.Born };
        var shown = new Shown(new TraceWish { Topics = TraceTopics.StateChanges });
        shown.Round(born);

        Assert.Equal([Listen, SynReceived], shown.Records.Select(static record => record.From));
        Assert.Equal([SynReceived, Established], shown.Records.Select(static record => record.To));
        Assert.Equal([born.SinceNanoseconds, born.AtNanoseconds], shown.Records.Select(static record => record.AtNanoseconds));
        Assert.Equal([null, 12_345_678ul], shown.Records.Select(static record => record.NanosecondsInOldState));
    }

    [Theory]
    [InlineData(Listen, SynReceived)]
    [InlineData(SynReceived, Established)]
    public void Either_step_can_be_asked_for_alone(TcpState from, TcpState to)
    {
        var shown = new Shown(new TraceWish { Topics = TraceTopics.StateChanges, From = StateSet.Of(from), To = StateSet.Of(to) });
        shown.Round(Traced.Change(SynReceived, Established) with { Marks = TraceMarks.Born });

        TraceRecord step = Assert.Single(shown.Records);
        Assert.Equal((from, to), (step.From, step.To));
    }

    [Fact]
    public void A_time_wait_whose_timer_began_anew_has_not_ended()
    {
        var shown = new Shown(new TraceWish { Topics = TraceTopics.StateChanges });
        shown.Round(Cancelled, Cancelled with { Kind = TraceKind.TimeWaitRestarted, To = TimeWait });
        shown.Round(Cancelled);
        shown.Round(Cancelled with { Kind = TraceKind.TimeWaitRestarted, To = TimeWait });
        shown.End();

        Assert.Empty(shown.Records);
    }

    [Fact]
    public void A_time_wait_whose_timer_was_taken_away_ended_early_when_nothing_follows()
    {
        var shown = new Shown(new TraceWish { Topics = TraceTopics.StateChanges });
        shown.Round(Cancelled);
        Assert.Empty(shown.Records);
        shown.Round();

        TraceRecord ended = Assert.Single(shown.Records);
        Assert.Equal((TraceKind.TimeWaitCancelled, TimeWait, Closed), (ended.Kind, ended.From, ended.To));
    }

    [Fact]
    public void News_of_another_socket_do_not_count_and_20_ms_of_the_trace_are_enough()
    {
        TraceRecord later = Traced.Change(Established, FinWait1) with { AtNanoseconds = Cancelled.AtNanoseconds + 20_000_000 };
        var shown = new Shown(new TraceWish { Topics = TraceTopics.StateChanges });
        shown.Round(Cancelled, Cancelled with { Kind = TraceKind.TimeWaitRestarted, Socket = 5 }, later);

        Assert.Equal([TraceKind.TimeWaitCancelled, TraceKind.StateChange], shown.Records.Select(static record => record.Kind));
    }

    [Fact]
    public void An_orphans_fin_wait_2_that_became_time_wait_was_not_cut_short()
    {
        var shown = new Shown(new TraceWish { Topics = TraceTopics.StateChanges });
        shown.Round(Cancelled with { From = FinWait2 }, Cancelled with { Kind = TraceKind.StateChange, From = FinWait2, To = TimeWait });
        shown.End();

        Assert.Equal((TraceKind.StateChange, TimeWait), (Assert.Single(shown.Records).Kind, shown.Records[0].To));
    }

    [Fact]
    public void However_many_timers_are_taken_away_at_once_none_is_lost()
    {
        var shown = new Shown(new TraceWish { Topics = TraceTopics.StateChanges });
        shown.Round([.. Enumerable.Range(1, 500).Select(static i => Cancelled with { Socket = (ulong)i })]);
        shown.End();

        Assert.Equal(Enumerable.Range(1, 500).Select(static i => (ulong)i), shown.Records.Select(static record => record.Socket));
    }

    [Fact]
    public void Records_of_other_topics_and_namespaces_are_left_out_though_the_source_sent_them()
    {
        var shown = new Shown(new TraceWish { Topics = TraceTopics.Retransmissions, Namespaces = [7] });
        shown.Round(
            Traced.Change(SynSent, Established),
            Traced.Event(TraceKind.Retransmitted),
            Traced.Event(TraceKind.Retransmitted) with { Namespace = 8 },
            Traced.Event(TraceKind.Owner));

        Assert.Equal((TraceKind.Retransmitted, 7u), (Assert.Single(shown.Records).Kind, shown.Records[0].Namespace));
    }

    [Fact]
    public void It_is_enough_after_so_many()
    {
        var shown = new Shown(new TraceWish { Topics = TraceTopics.StateChanges, Limit = 3 });
        shown.Round(Traced.Change(SynReceived, Established) with { Marks = TraceMarks.Born }, Traced.Change(Established, CloseWait), Traced.Change(CloseWait, LastAck));

        Assert.Equal(3, shown.Records.Count);
        Assert.True(shown.Sieve.IsDone);
    }

    [Theory]
    [InlineData("dport 51234 and sport 443", true)]
    [InlineData("dport 80", false)]
    [InlineData("process nginx", true)]
    [InlineData("pid 813", false)]
    [InlineData("state fin-wait-1", true)]
    [InlineData("state established", false)]
    [InlineData("rtt > 100ms", false)]
    [InlineData("uid 33", true)]
    [InlineData("netns blue", true)]
    public void A_filter_judges_by_what_the_record_tells(string text, bool passes)
    {
        SocketFilter filter = SocketFilter.Parse(text, NoNames.Instance).Filter!;
        var shown = new Shown(new TraceWish { Topics = TraceTopics.StateChanges, Filter = filter });
        shown.Round(Traced.Change(Established, FinWait1));

        Assert.Equal(passes ? 1 : 0, shown.Records.Count);
    }

    [Theory]
    [InlineData("rtt > 100ms", true)]
    [InlineData("retrans >= 3", true)]
    [InlineData("age > 1h", false)]
    [InlineData("age < 1s", true)]
    public void A_life_can_be_judged_by_what_became_of_it(string text, bool passes)
    {
        SocketFilter filter = SocketFilter.Parse(text, NoNames.Instance).Filter!;
        TraceRecord life = Traced.Event(TraceKind.LifeEnded, LastAck) with { To = Closed, RttMicroseconds = 150_000 };

        Assert.Equal(passes, Traced.Owners().Judge(filter, in life, Traced.Tail(Established, CloseWait, LastAck)));
    }

    /// <summary>What comes out at the other end.</summary>
    private sealed class Shown : TraceSink
    {
        public Shown(TraceWish wish) => Sieve = new TraceSieve(wish, Traced.Owners(), this);

        public TraceSieve Sieve { get; }

        public List<TraceRecord> Records { get; } = [];

        public override void Write(in TraceRecord record, in LifeTail tail) => Records.Add(record);

        public void Round(params TraceRecord[] records)
        {
            Sieve.Take(Traced.Frames(records));
            Sieve.EndRound(null);
        }

        public void End() => Sieve.Complete(default);
    }
}
