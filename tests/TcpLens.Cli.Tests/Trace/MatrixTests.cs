using System.Text.Json;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Cli.Tests.Trace;

/// <summary>Counts of changes, as people and programs read them.</summary>
public sealed class MatrixTests
{
    [Fact]
    public void A_block_has_a_row_for_each_pair_in_order_of_life_and_one_for_each_state_that_was_left()
    {
        TransitionCounts counts = new();
        counts.Count(LastAck, Closed, 40_000);
        counts.Count(Established, CloseWait, 1_500_000_000);
        counts.Count(Established, FinWait1, 3_000_000);
        counts.Count(Listen, SynReceived, null);
        counts.Count(Listen, SynReceived, null);

        Assert.Equal(
            """
            13:46:41  5 changes of state in 2.0s, all in all
            OLD       -> NEW         COUNT   RATE
            LISTEN    -> SYN-RECV        2  1.0/s
            ESTAB     -> FIN-WAIT-1      1  0.5/s
            ESTAB     -> CLOSE-WAIT      1  0.5/s
            LAST-ACK  -> CLOSED          1  0.5/s

            TIME IN   SEEN   MEAN    P50   P90   P99  1us  1ms  1s
            ESTAB        2  752ms  4.2ms  1.9s  2.1s       @    @
            LAST-ACK     1   40us   49us  62us  65us    @

            """,
            Shown(Block(counts)));
    }

    [Fact]
    public void A_pair_that_the_table_lacks_is_said_to_be_so()
    {
        TransitionCounts counts = new();
        counts.Count(FinWait1, Listen, 5);

        Assert.Contains("FIN-WAIT-1  -> LISTEN      1  0.5/s  not in the transition table\n", Shown(Block(counts)));
    }

    [Fact]
    public void Nothing_is_a_line_without_a_table()
        => Assert.Equal("13:46:41  0 changes of state in 2.0s, all in all\n", Shown(Block(new TransitionCounts())));

    [Fact]
    public void What_was_not_counted_is_said()
        => Assert.Equal("13:46:41  0 changes of state in 2.0s, all in all; 1,234 were not counted\n", Shown(Block(new TransitionCounts()) with { Missed = 1234 }));

    [Fact]
    public void In_json_the_buckets_come_too()
    {
        TransitionCounts counts = new();
        counts.Count(Established, CloseWait, 1024);
        counts.Count(Established, CloseWait, 1500);
        counts.Count(Established, CloseWait, null);
        var output = new MemoryWriter();
        new MatrixReport(output, TerminalStyle.Plain, TimeZoneInfo.Utc, "web1").Show(Block(counts));
        JsonElement block = Tool.Parse(output.ToString());
        JsonElement pair = Assert.Single(block.Items("transitions"));
        JsonElement times = Assert.Single(block.Items("times"));

        Assert.Equal(("tcplens.transitions/1", 3, true), (block.Text("schema"), block.GetProperty("total").GetInt32(), block.GetProperty("is_total").GetBoolean()));
        Assert.Equal(("established", "close_wait", 3, 1.5, true), (pair.Text("old_state"), pair.Text("new_state"), pair.GetProperty("count").GetInt32(), pair.GetProperty("per_second").GetDouble(), pair.GetProperty("in_table").GetBoolean()));
        Assert.Equal(("established", 2, 1.262), (times.Text("state"), times.GetProperty("count").GetInt32(), times.GetProperty("mean_us").GetDouble()));
        JsonElement bucket = Assert.Single(times.Items("buckets"));
        Assert.Equal((1024, 2), (bucket.GetProperty("at_least_ns").GetInt32(), bucket.GetProperty("count").GetInt32()));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(1.0)]
    public void A_quantile_lies_in_the_bucket_of_the_true_one(double part)
    {
        TransitionCounts counts = new();
        ulong[] times = [.. Enumerable.Range(1, 1000).Select(static i => (ulong)(i * i * 17))];
        foreach (ulong time in times)
        {
            counts.Count(Established, FinWait1, time);
        }

        ulong exact = times[Math.Max(0, (int)Math.Ceiling(part * times.Length) - 1)];
        ulong told = new StateTimes(counts, Established).Quantile(part)!.Value;
        Assert.InRange(told, exact / 2, exact * 2);
    }

    [Fact]
    public void A_state_that_nobody_left_has_no_times()
    {
        StateTimes none = new(new TransitionCounts(), Established);

        Assert.Equal((0ul, null, null), (none.Count, none.Mean, none.Quantile(0.5)));
    }

    [Fact]
    public void A_recorded_trace_is_cut_into_intervals_of_its_own_time_and_quiet_ones_are_passed_over()
    {
        var output = new MemoryWriter();
        var sink = new MatrixSink(new MatrixReport(output, TerminalStyle.Plain, TimeZoneInfo.Utc, "web1"), Traced.Clock, TimeSpan.FromSeconds(1), blocksMax: null);
        foreach (double second in (double[])[10, 10.2, 10.9, 11.1, 3600.5])
        {
            sink.Write(Traced.Change(Established, FinWait1) with { AtNanoseconds = (ulong)(second * Traced.Second) }, default);
        }

        sink.Complete(default);
        JsonElement[] blocks = [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Tool.Parse)];

        Assert.Equal([3, 1, 5], blocks.Select(static block => block.GetProperty("total").GetInt32()));
        Assert.Equal([false, false, true], blocks.Select(static block => block.GetProperty("is_total").GetBoolean()));
        Assert.Equal(1_000_000, blocks[0].GetProperty("elapsed_us").GetInt64());
        Assert.Equal("1970-01-12T13:46:51Z", blocks[0].Text("taken_at"));
    }

    [Fact]
    public void While_it_is_live_an_interval_ends_without_an_event()
    {
        var output = new MemoryWriter();
        var sink = new MatrixSink(new MatrixReport(output, TerminalStyle.Plain, TimeZoneInfo.Utc, null), Traced.Clock, TimeSpan.FromSeconds(1), blocksMax: 1);
        sink.EndRound(10 * Traced.Second);
        Assert.False(sink.IsDone);
        sink.EndRound(11 * Traced.Second);

        Assert.True(sink.IsDone);
        Assert.Equal("13:46:51  0 changes of state in 1.0s\n", output.ToString());
    }

    [Theory]
    [InlineData(0ul, "@")]
    [InlineData(500ul, "@")]
    [InlineData(1_048_576ul, "     @")]
    [InlineData(1_100_000_000ul, "          @")]
    [InlineData(ulong.MaxValue, "              @")]
    public void Bars_are_a_microsecond_a_millisecond_and_a_second_apart(ulong nanoseconds, string bars)
    {
        TransitionCounts counts = new();
        counts.Count(Established, FinWait1, nanoseconds);
        var output = new MemoryWriter();
        TimeBars.Write(output, counts, Established, unicode: false);

        Assert.Equal(bars, output.ToString());
    }

    private static MatrixBlock Block(TransitionCounts counts) => new(counts, Traced.Clock.TimeOf(Traced.Second), TimeSpan.FromSeconds(2), Missed: 0, IsTotal: true);

    private static string Shown(MatrixBlock block)
    {
        var output = new MemoryWriter();
        new MatrixReport(output, TerminalStyle.Plain, TimeZoneInfo.Utc, null).Show(block);
        return output.ToString();
    }
}
