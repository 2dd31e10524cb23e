using System.Text;
using System.Text.Json;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Cli.Tests.Trace;

/// <summary>Lines written by hand are JSON all the same, whatever somebody called himself.</summary>
public sealed class TraceJsonTests
{
    public static TheoryData<TraceKind> Kinds => [.. Enum.GetValues<TraceKind>().Where(static kind => kind is >= TraceKind.StateChange and <= TraceKind.BadChecksum and not TraceKind.TimeWaitRestarted)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_of_record_is_one_object_on_one_line(TraceKind kind)
    {
        JsonElement event_ = Json(Traced.Event(kind) with { To = CloseWait, Reason = 2, Errno = 104, Marks = (TraceMarks)0xffff });

        Assert.Equal("tcplens.trace/1", event_.Text("schema"));
        Assert.Equal("web1", event_.Text("host"));
        Assert.Equal("1970-01-12T13:46:41.000000Z", event_.Text("taken_at"));
        Assert.Equal(1_000_001_000_000, event_.GetProperty("taken_at_us").GetInt64());
        Assert.NotEmpty(event_.Text("kind")!);
        Assert.Equal(("10.0.0.1", "10.2.0.5"), (event_.Text("local_address"), event_.Text("remote_address")));
        Assert.Equal((443, 51234), (event_.GetProperty("local_port").GetInt32(), event_.GetProperty("remote_port").GetInt32()));
        Assert.Equal("blue", event_.Text("netns"));
        Assert.Equal("0xffff888100000040", event_.Text("socket"));
    }

    [Fact]
    public void A_change_has_both_states_the_time_the_reason_and_whether_the_table_knows_it()
    {
        JsonElement change = Json(Traced.Change(CloseWait, Closed) with { Marks = TraceMarks.ByProcess });

        Assert.Equal(("change", "close_wait", "close", "close"), (change.Text("kind"), change.Text("old_state"), change.Text("new_state"), change.Text("state")));
        Assert.Equal(12_345_678, change.GetProperty("in_old_state_ns").GetInt64());
        Assert.Equal("we reset: closed with unread data", change.Text("reason"));
        Assert.True(change.GetProperty("in_table").GetBoolean());
        Assert.Equal("by_process", Assert.Single(change.Items("marks")).GetString());
        Assert.False(Json(Traced.Change(FinWait1, Listen)).GetProperty("in_table").GetBoolean());
    }

    [Fact]
    public void What_is_not_known_is_null_and_there()
    {
        JsonElement change = Json(new TraceRecord { Kind = TraceKind.StateChange, From = Established, To = CloseWait, Family = IpFamily.V6, AtNanoseconds = 5 });

        Assert.All(
            ["pid", "command", "owner_from", "netns_inode", "netns", "inode", "cookie", "socket", "rtt_us", "in_old_state_ns", "reason", "errno", "error"],
            name => Assert.Equal(JsonValueKind.Null, change.GetProperty(name).ValueKind));
        Assert.Empty(change.Items("marks"));
        Assert.Equal("::", change.Text("local_address"));
    }

    [Fact]
    public void A_life_has_how_and_its_path_and_no_octets_where_nobody_counted()
    {
        TraceRecord record = Traced.Event(TraceKind.LifeEnded, LastAck) with { To = Closed, Marks = TraceMarks.NothingInFlight };
        JsonElement life = Json(record, Traced.Tail(SynReceived, Established, CloseWait, LastAck));
        JsonElement uncounted = Json(record, Traced.Tail(SynReceived, Established, CloseWait, LastAck) with { SegmentsSent = 0, SegmentsReceived = 0 });

        Assert.Equal(("passive", "passive"), (life.Text("how"), life.Text("how_text")));
        Assert.Equal(["syn_recv", "established", "close_wait", "last_ack"], life.Items("path").Select(static state => state.GetString()));
        Assert.Equal((1_572_864, 512, 3), (life.GetProperty("sent_bytes").GetInt64(), life.GetProperty("received_bytes").GetInt64(), life.GetProperty("retransmitted_segments").GetInt64()));
        Assert.Equal(JsonValueKind.Null, uncounted.GetProperty("sent_bytes").ValueKind);
    }

    [Theory]
    [InlineData("\"\\\n\u0001")]
    [InlineData("œ\u202e</x>")]
    [InlineData("\u001b[2J\u001b]0;x")]
    public void Whatever_a_process_calls_itself_is_ascii_on_one_line_and_comes_back(string name)
    {
        TraceRecord record = Traced.Change(Established, CloseWait) with { Command = TaskName.From(Encoding.UTF8.GetBytes(name)) };
        string line = Line(record);

        Assert.All(line[..^1], static letter => Assert.InRange(letter, ' ', '~'));
        Assert.Equal(name, Json(record).Text("command"));
    }

    [Fact]
    public void A_name_that_is_no_utf8_and_a_name_of_nothing_but_escapes_are_text_all_the_same()
    {
        TraceRecord record = Traced.Change(Established, CloseWait);
        TaskName broken = TaskName.From([.. Enumerable.Repeat((byte)0xff, 15)]);
        TaskName quotes = TaskName.From([.. Enumerable.Repeat((byte)'"', 15)]);

        Assert.Equal(new string('\ufffd', 15), Json(record with { Command = broken }).Text("command"));
        Assert.Equal(new string('"', 15), Json(record with { Command = quotes }).Text("command"));
    }

    [Fact]
    public void A_hostile_file_can_name_its_host_and_namespaces_as_it_likes()
    {
        string name = string.Concat(Enumerable.Repeat("\"\u202e\u0000", 3000));
        TraceHead head = Traced.Head() with { Host = name, Namespaces = [new NetworkNamespace(7) { Names = [name] }] };
        var output = new MemoryWriter();
        new TraceJson(output, head, Traced.Owners(head)).Write(Traced.Change(Established, CloseWait), default);
        JsonElement change = Tool.Parse(output.ToString());

        Assert.StartsWith("\"\u202e", change.Text("host"), StringComparison.Ordinal);
        Assert.StartsWith("\"\u202e", change.Text("netns"), StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_and_the_end_are_lines_too()
    {
        var output = new MemoryWriter();
        var json = new TraceJson(output, Traced.Head(), Traced.Owners());
        json.EndRound(3 * Traced.Second);
        json.Lost(17);
        json.Complete(new TraceSummary(5, 18, TimeSpan.FromSeconds(2)));
        JsonElement[] lines = [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Tool.Parse)];

        Assert.Equal(("lost", 17), (lines[0].Text("kind"), lines[0].GetProperty("lost").GetInt64()));
        Assert.Equal("1970-01-12T13:46:43.000000Z", lines[0].Text("taken_at"));
        Assert.Equal(("end", 5, 18, 2_000_000), (lines[1].Text("kind"), lines[1].GetProperty("events").GetInt64(), lines[1].GetProperty("lost").GetInt64(), lines[1].GetProperty("elapsed_us").GetInt64()));
    }

    private static JsonElement Json(TraceRecord record, LifeTail tail = default) => Tool.Parse(Line(record, tail));

    private static string Line(TraceRecord record, LifeTail tail = default)
    {
        string line = Traced.Written(static output => new TraceJson(output, Traced.Head(), Traced.Owners()), record, tail);
        Assert.Equal(line.Length - 1, line.IndexOf('\n'));
        return line;
    }
}
