using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Cli.Tests.Trace;

/// <summary>What a line says of each kind of record, and that it costs no memory.</summary>
public sealed class TraceLinesTests
{
    [Fact]
    public void A_change_has_time_process_both_ends_both_states_and_the_time_in_the_old_one()
        => Assert.Equal(
            "13:46:41.000000 nginx/812        10.0.0.1:443          10.2.0.5:51234        ESTAB      -> FIN-WAIT-1     12.345\n",
            Change(Traced.Change(Established, FinWait1)));

    [Fact]
    public void The_header_stands_above_its_columns()
    {
        var output = new MemoryWriter();
        TraceLook look = Traced.Look(output) with { HasHeader = true, IsWide = true };
        new ChangeSink(look, Traced.Owners()).Write(Traced.Change(CloseWait, Closed) with { Marks = TraceMarks.ByProcess }, default);

        Assert.Equal(
            """
            TIME            PROCESS          LOCAL                 REMOTE                NETNS        UID     COOKIE OLD        -> NEW                MS REASON
            13:46:41.000000 nginx/812        10.0.0.1:443          10.2.0.5:51234        blue          33       4711 CLOSE-WAIT -> CLOSED         12.345 we reset: closed with unread data

            """,
            output.ToString());
    }

    [Theory]
    [InlineData(0ul, "         -")]
    [InlineData(1ul, "999.999")]
    [InlineData(Traced.Second - 999, "0.000")]
    [InlineData(Traced.Second - 1000, "0.001")]
    [InlineData(2 * Traced.Second, "0.000")]
    public void Time_in_the_old_state_is_in_microseconds_and_unknown_is_not_0(ulong since, string shown)
        => Assert.EndsWith(" " + shown + "\n", Change(Traced.Change(Established, CloseWait) with { SinceNanoseconds = since }), StringComparison.Ordinal);

    [Fact]
    public void Nobody_is_a_dash()
        => Assert.StartsWith("13:46:41.000000 -                10.0.0.1:443 ", Change(Traced.Change(Established, CloseWait) with { Pid = 0, Inode = 0 }), StringComparison.Ordinal);

    [Fact]
    public void Who_only_has_the_listener_stands_in_parentheses()
    {
        TraceOwners owners = Traced.Owners();
        owners.Learn(Traced.Change(Closed, Listen) with { LocalAddress = WireAddress.Of(HostAddress.AnyV4) });
        string line = Traced.Written(output => new ChangeSink(Traced.Look(output), owners), Traced.Change(SynReceived, Established) with { Pid = 0, Inode = 0 });

        Assert.StartsWith("13:46:41.000000 (nginx/812)      10.0.0.1:443 ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_calls_itself_an_escape_sequence_is_shown_and_not_obeyed_and_the_columns_hold()
    {
        string line = Change(Traced.Change(Established, CloseWait) with { Command = TaskName.From("\u001b[2J\n"u8) });
        string wide = Change(Traced.Change(Established, CloseWait) with { Command = TaskName.From("日本"u8) });

        Assert.StartsWith("13:46:41.000000 \\x1b[2J\\x0a/812  10.0.0.1:443      ", line, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(static letter => letter == '\n'));
        Assert.StartsWith("13:46:41.000000 日本/812         10.0.0.1:443 ", wide, StringComparison.Ordinal);   // Four cells, two letters.
    }

    [Fact]
    public void What_is_too_long_pushes_and_the_rest_falls_back_into_place()
    {
        WireAddress address = WireAddress.Of(HostAddress.Parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")!.Value);
        string line = Change(Traced.Change(Established, CloseWait) with { Family = IpFamily.V6, LocalAddress = address });

        Assert.Equal(
            "13:46:41.000000 nginx/812        [2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:443 [::ffff:10.2.0.5]:51234 ESTAB -> CLOSE-WAIT 12.345\n",
            line);
    }

    [Theory]
    [InlineData(false, 0, "13:46:41.000000 ")]
    [InlineData(false, 330, "19:16:41.000000 ")]
    [InlineData(true, 330, "1000001.000000 ")]
    public void Time_is_of_day_here_or_since_1970(bool isEpoch, int minutesEast, string start)
    {
        TimeForm form = isEpoch ? TimeForm.Epoch : TimeForm.OfDay;
        TimeZoneInfo zone = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromMinutes(minutesEast), "east", "east");
        string line = Traced.Written(
            output => new ChangeSink(Traced.Look(output) with { Time = new TraceTime(Traced.Clock, zone, form) }, Traced.Owners()),
            Traced.Change(Established, CloseWait));

        Assert.StartsWith(start, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Colour_takes_no_cell()
    {
        string plain = Change(Traced.Change(Established, CloseWait));
        string coloured = Traced.Written(
            output => new ChangeSink(Traced.Look(output) with { Style = TerminalStyle.Plain with { Color = true } }, Traced.Owners()),
            Traced.Change(Established, CloseWait));

        Assert.Contains("\u001b[33mCLOSE-WAIT\u001b[0m", coloured);
        Assert.Equal(plain, coloured.Replace("\u001b[33m", "").Replace("\u001b[0m", ""));
    }

    [Fact]
    public void On_a_terminal_the_header_comes_again_before_it_is_out_of_sight()
    {
        var output = new MemoryWriter();
        var sink = new ChangeSink(Traced.Look(output) with { HasHeader = true, Rows = 10 }, Traced.Owners());
        for (int i = 0; i < 17; i++)
        {
            sink.Write(Traced.Change(Established, CloseWait), default);
        }

        int[] headers = [.. output.ToString().Split('\n').Index().Where(static line => line.Item.StartsWith("TIME", StringComparison.Ordinal)).Select(static line => line.Index)];
        Assert.Equal([0, 9, 18], headers);
    }

    [Fact]
    public void A_life_has_its_length_what_it_carried_how_it_was_closed_and_its_path()
    {
        TraceRecord life = Traced.Event(TraceKind.LifeEnded, FinWait2) with { To = TimeWait, RttMicroseconds = 1234 };

        Assert.Equal(
            "13:46:41.000000 nginx/812        10.0.0.1:443          10.2.0.5:51234           12ms  1.5MiB    512B  1.2ms    3 active               SYN-SENT>ESTAB>FIN-WAIT-1>FIN-WAIT-2>TIME-WAIT\n",
            Life(life, Traced.Tail(SynSent, Established, FinWait1, FinWait2, TimeWait)));
    }

    [Fact]
    public void What_a_source_could_not_tell_of_a_life_is_a_dash()
    {
        TraceRecord life = Traced.Event(TraceKind.LifeEnded, CloseWait) with { To = Closed, Marks = TraceMarks.SinceFirstSight };

        Assert.Contains(" 10.2.0.5:51234          >12ms       -       -      -    - not known            -\n", Life(life, default));
    }

    [Theory]
    [InlineData(TraceKind.Accepted, "accept     ESTAB      waited 12ms in the accept queue")]
    [InlineData(TraceKind.Retransmitted, "retransmit ESTAB      seq 1001 len 1448, 2nd timeout")]
    [InlineData(TraceKind.SynAckRetransmitted, "synack     ESTAB      SYN-ACK sent again, 2nd time")]
    [InlineData(TraceKind.ResetSent, "reset      ESTAB      sent: TCP_ABORT_ON_CLOSE: ")]
    [InlineData(TraceKind.ResetReceived, "reset      ESTAB      received")]
    [InlineData(TraceKind.SegmentDropped, "drop       ESTAB      NO_SOCKET: no such connection or listener, seq 1001 len 1448")]
    [InlineData(TraceKind.ErrorReported, "error      ESTAB      ECONNRESET: Connection reset by peer")]
    [InlineData(TraceKind.LossDetected, "loss       ESTAB      the window is reduced without a loss (CWR)")]
    [InlineData(TraceKind.BadChecksum, "checksum   ESTAB      a segment with a wrong checksum was thrown away")]
    public void An_event_says_what_there_is_to_say(TraceKind kind, string says)
        => Assert.Contains(says, Event(Traced.Event(kind) with { Reason = 2, Sequence = 1001, SegmentLength = 1448, Attempt = 2, Errno = 104 }));

    [Fact]
    public void A_reason_that_nobody_has_words_for_is_its_name_or_its_number()
    {
        TraceRecord drop = Traced.Event(TraceKind.SegmentDropped) with { Sequence = 1, SegmentLength = 2 };

        Assert.Contains(" NEW_TO_US, seq 1 len 2\n", Event(drop with { Reason = 3 }));
        Assert.Contains(" reason 99, seq 1 len 2\n", Event(drop with { Reason = 99 }));
        Assert.Contains(" reset      ESTAB      sent\n", Event(Traced.Event(TraceKind.ResetSent) with { Reason = 99 }));
        Assert.Contains(" errno 999\n", Event(Traced.Event(TraceKind.ErrorReported) with { Errno = 999 }));
    }

    [Theory]
    [InlineData(0, CongestionPhase.Recovery, "fast retransmit")]
    [InlineData(0, CongestionPhase.Loss, "after a timeout")]
    [InlineData(0, CongestionPhase.Open, "loss probe")]
    [InlineData(1, CongestionPhase.Loss, "1st timeout")]
    [InlineData(3, CongestionPhase.Loss, "3rd timeout")]
    [InlineData(11, CongestionPhase.Loss, "11th timeout")]
    [InlineData(22, CongestionPhase.Loss, "22nd timeout")]
    public void A_retransmission_says_why(int attempt, CongestionPhase phase, string why)
        => Assert.EndsWith(", " + why + "\n", Event(Traced.Event(TraceKind.Retransmitted) with { Attempt = (ushort)attempt, Phase = phase }), StringComparison.Ordinal);

    [Theory]
    [InlineData(Established, 0, "connect    ESTAB      connected in 12ms\n")]
    [InlineData(Closed, 111, "connect    CLOSED     refused (ECONNREFUSED) after 12ms\n")]
    [InlineData(Closed, 110, "connect    CLOSED     timed out: no answer to SYN (ETIMEDOUT) after 12ms\n")]
    public void A_connect_tells_how_long_it_took_or_why_it_failed(TcpState to, int errno, string says)
        => Assert.EndsWith(says, Event(Traced.Change(SynSent, to) with { Errno = (ushort)errno }), StringComparison.Ordinal);

    [Fact]
    public void Without_connects_asked_for_the_end_of_a_syn_sent_is_a_change_like_others()
    {
        string line = Traced.Written(
            output => new EventSink(Traced.Look(output), Traced.Owners(), TraceNames.None, TraceTopics.StateChanges), Traced.Change(SynSent, Established));

        Assert.EndsWith(" change     ESTAB      SYN-SENT -> ESTAB after 12ms\n", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("changes")]
    [InlineData("lives")]
    [InlineData("events")]
    [InlineData("json")]
    public void A_line_takes_no_memory(string view)
    {
        var output = new Endless();
        TraceOwners owners = Traced.Owners();
        TraceLook look = Traced.Look(output) with { IsWide = true };
        TraceSink sink = view switch
        {
            "changes" => new ChangeSink(look, owners),
            "lives" => new LifeSink(look, owners),
            "events" => new EventSink(look, owners, Traced.Head().Names, TraceTopics.AllEvents),
            _ => new TraceJson(output, Traced.Head(), owners),
        };
        var sieve = new TraceSieve(new TraceWish { Topics = (TraceTopics)0xffff, Namespaces = [7] }, owners, sink);
        byte[] frames = Frames();
        Take(3);   // What is made once is made.
        long before = GC.GetAllocatedBytesForCurrentThread();
        Take(1000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        // A collection that another test causes counts the room this thread has in hand as taken. A line that took any would make megabytes.
        Assert.True(sieve.Events > 500_000);
        Assert.InRange(after - before, 0, 64 * 1024);

        void Take(int times)
        {
            for (int i = 0; i < times; i++)
            {
                sieve.Take(frames);
            }
        }
    }

    /// <summary>One of everything, of two thousand processes.</summary>
    private static byte[] Frames()
    {
        var frames = new TraceFrames();
        LifeTail tail = Traced.Tail(SynSent, Established, CloseWait, LastAck);
        int pid = 1;
        foreach (TraceKind kind in Enum.GetValues<TraceKind>())
        {
            for (int i = 0; i < 50; i++)
            {
                TraceRecord record = Traced.Event(kind) with { Pid = pid++, Reason = 2, Errno = 104, To = kind == TraceKind.Accepted ? default : CloseWait };
                frames.Add(in record, in tail);
            }
        }

        frames.Add(Traced.Change(SynReceived, Established) with { Marks = TraceMarks.Born, Pid = 0, Inode = 0 });
        frames.Add(Traced.Change(Established, Closed) with { Errno = 104 });
        frames.Add(Traced.Change(SynSent, Closed) with { Errno = 111 });
        frames.Add(Traced.Change(FinWait1, Listen));
        return frames.Octets.ToArray();
    }

    private static string Change(TraceRecord record) => Traced.Written(static output => new ChangeSink(Traced.Look(output), Traced.Owners()), record);

    private static string Life(TraceRecord record, LifeTail tail) => Traced.Written(static output => new LifeSink(Traced.Look(output), Traced.Owners()), record, tail);

    private static string Event(TraceRecord record)
        => Traced.Written(static output => new EventSink(Traced.Look(output), Traced.Owners(), Traced.Head().Names, TraceTopics.AllEvents), record);

    /// <summary>Takes whatever comes, and forgets it.</summary>
    private sealed class Endless() : Utf8Writer(64 * 1024)
    {
        protected override void MakeRoom(int size) => Used = 0;
    }
}
