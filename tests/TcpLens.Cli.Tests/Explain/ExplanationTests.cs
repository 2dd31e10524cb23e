using System.Text;
using System.Text.Json;
using TcpLens.Cli.Explain;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Explain;

public sealed class ExplanationTests
{
    public static TheoryData<string> Topics => [.. ExplainTopics.Names()];

    [Theory]
    [MemberData(nameof(Topics))]
    public void Every_topic_fits_into_any_width_and_loses_no_word(string name)
    {
        ExplainTopic topic = ExplainTopics.Find(name)!;
        Explanation explanation = topic.Text(MachineFacts.None);
        string whole = Words(explanation.Title + " " + string.Join(" ", explanation.Sections.SelectMany(section => section.Lines.Prepend(section.Title))));

        // What is to be typed, and tables, stand as they are.
        HashSet<string> verbatim = [.. explanation.Sections.SelectMany(section => section.Lines).Where(line => line.StartsWith(Explanation.Verbatim, StringComparison.Ordinal)).Select(line => line.Trim())];
        foreach (int width in new[] { 20, 40, 80, 200 })
        {
            string[] lines = [.. explanation.Lines(width)];
            Assert.All(lines, line => Assert.True(line.Length <= width || !line.Trim().Contains(' ', StringComparison.Ordinal) || verbatim.Contains(line.Trim()), line));
            Assert.Equal(whole, Words(string.Join(" ", lines)));
        }
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Every_topic_is_valid_JSON_with_a_schema(string name)
    {
        using JsonDocument document = Json(ExplainTopics.Find(name)!, MachineFacts.None);
        Assert.Equal("tcplens.explain/1", document.RootElement.GetProperty("schema").GetString());
        Assert.NotEqual("", document.RootElement.GetProperty(ConditionCatalog.Find(name) is null ? "meaning" : "markdown").GetString());
    }

    [Fact]
    public void Timers_show_the_seconds_of_this_machine()
    {
        MachineFacts machine = Told(key => key switch
        {
            "net.ipv4.tcp_syn_retries" => "3\n",
            "net.ipv4.tcp_syn_linear_timeouts" => "0\n",
            _ => null,
        });
        ExplainTopic topic = ExplainTopics.Find("SYN_SENT")!;
        Assert.Contains(topic.Text(machine).Sections, section => section.Lines.Any(line => line.Contains("15 s; 1 + 2 + 4 + 8 s", StringComparison.Ordinal)));
        using JsonDocument document = Json(topic, machine);
        JsonElement timer = document.RootElement.GetProperty("timers")[0];
        Assert.Equal(15, timer.GetProperty("duration_seconds").GetDouble());
        Assert.False(timer.GetProperty("settings")[0].GetProperty("assumed").GetBoolean());
    }

    [Fact]
    public void A_wait_without_end_is_null_in_JSON_and_no_limit_in_words()
    {
        ExplainTopic topic = ExplainTopics.Find("close-wait")!;
        using JsonDocument document = Json(topic, MachineFacts.None);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("timers")[0].GetProperty("duration_seconds").ValueKind);
        Assert.Contains(topic.Text(MachineFacts.None).Lines(80), line => line.Contains("no limit", StringComparison.Ordinal));
    }

    [Fact]
    public void Ways_in_and_out_are_those_of_the_table()
    {
        using JsonDocument document = Json(ExplainTopics.Find("fin-wait-1")!, MachineFacts.None);
        Assert.Equal(TcpTransitions.Into(TcpState.FinWait1).Count(), document.RootElement.GetProperty("entered").GetArrayLength());
        Assert.Equal(TcpTransitions.From(TcpState.FinWait1).Count(), document.RootElement.GetProperty("left").GetArrayLength());
    }

    [Theory]
    [InlineData("TIMED_WAIT", "time-wait", null)]
    [InlineData("estab", "established", null)]
    [InlineData("10", "listen", null)]
    [InlineData("0x0A", "listen", null)]
    [InlineData("SYN,ACK", null, ControlBits.Syn | ControlBits.Ack)]
    [InlineData("S.", null, ControlBits.Syn | ControlBits.Ack)]
    [InlineData("0x12", null, ControlBits.Syn | ControlBits.Ack)]
    [InlineData("xmas", null, ControlBits.Fin | ControlBits.Psh | ControlBits.Urg)]
    [InlineData("null", null, ControlBits.None)]
    public void A_word_is_a_state_first_and_flags_then(string words, string? id, ControlBits? bits)
    {
        ExplainTopic? topic = ExplainTopics.Find(words);
        Assert.NotNull(topic);
        Assert.Equal((id, bits), ((topic as StateTopic)?.Page.Id, (topic as FlagTopic)?.Page.Bits));
    }

    [Theory]
    [InlineData("11", "state", "closing")]
    [InlineData("12", "state", "syn-received")]
    [InlineData("13", "errno", "EACCES")]
    [InlineData("110", "errno", "ETIMEDOUT")]
    [InlineData("-11", "errno", "EAGAIN")]
    [InlineData("errno 11", "errno", "EAGAIN")]
    [InlineData("errno EPERM", "errno", "EPERM")]
    [InlineData("state 1", "state", "established")]
    [InlineData("flags 18", "flags", "SYN+ACK")]
    [InlineData("0x6e", "flags", "SYN+RST+PSH+URG+ECE")]
    [InlineData("41", "errno", "errno 41")]
    [InlineData("tcp_tw_reuse", "sysctl", "net.ipv4.tcp_tw_reuse")]
    [InlineData("sysctl net/ipv4/tcp_mem", "sysctl", "net.ipv4.tcp_mem")]
    [InlineData("sockstat TCP.tw", "counter", "sockstat TCP.tw")]
    [InlineData("counter TW", "counter", "TcpExt.TW")]
    public void A_number_is_a_state_up_to_12_and_an_errno_above_unless_its_kind_is_said(string words, string kind, string name)
    {
        ExplainTopic? topic = ExplainTopics.Find(words);
        Assert.Equal((kind, name), (topic?.Kind.Word(), topic?.Name));
    }

    [Theory]
    [InlineData("TCP_LISTEN_OVERFLOW", "drop", "TCP_LISTEN_OVERFLOW")]
    [InlineData("tcp-listen-overflow", "drop", "TCP_LISTEN_OVERFLOW")]
    [InlineData("SKB_DROP_REASON_TCP_CSUM", "drop", "TCP_CSUM")]
    [InlineData("TCP_ABORT_ON_CLOSE", "reset", "TCP_ABORT_ON_CLOSE")]
    [InlineData("NO_SOCKET", "drop", "NO_SOCKET")]
    [InlineData("reset no_socket", "reset", "NO_SOCKET")]
    [InlineData("TCP_FASTOPEN", "drop", "TCP_FASTOPEN")]
    [InlineData("tcp_fastopen", "sysctl", "net.ipv4.tcp_fastopen")]
    [InlineData("TCP_CLOSE", "state", "closed")]
    [InlineData("drop TCP_CLOSE", "drop", "TCP_CLOSE")]
    [InlineData("reset storm in", "condition", "reset-storm-in")]
    public void A_reason_of_the_kernels_is_found_unless_its_name_is_a_states(string words, string kind, string name)
    {
        ExplainTopic? topic = ExplainTopics.Find(words);
        Assert.Equal((kind, name), (topic?.Kind.Word(), topic?.Name));
    }

    [Fact]
    public void Every_other_reason_is_found_by_its_name_alone()
        => Assert.Equal(
            ["TCP_CLOSE"],
            ExplainTopics.Of(TopicKind.Drop).Concat(ExplainTopics.Of(TopicKind.Reset)).Select(topic => topic.Name).Where(name => ExplainTopics.Find(name) is not (DropTopic or ResetTopic)));

    [Fact]
    public void A_drop_that_is_answered_by_a_reset_of_the_same_name_explains_both()
    {
        ExplainTopic topic = ExplainTopics.Find("NO_SOCKET")!;
        Assert.Contains(topic.Text(MachineFacts.None).Sections, section => section.Title == "As the reason of an RST");
        using JsonDocument document = Json(topic, MachineFacts.None);
        Assert.Equal(ResetReasonCatalog.Find("NO_SOCKET")!.Meaning, document.RootElement.GetProperty("as_reset").GetString());
        Assert.DoesNotContain(ExplainTopics.Find("TCP_OLD_DATA")!.Text(MachineFacts.None).Sections, section => section.Title == "As the reason of an RST");
    }

    [Theory]
    [InlineData("134")]
    [InlineData("511")]
    [InlineData("-512000")]
    [InlineData("errno")]
    [InlineData("errno 0")]
    [InlineData("sysctl ETIMEDOUT")]
    [InlineData("drop TCP_ABORT_ON_CLOSE")]
    [InlineData("reset TCP_CSUM")]
    public void What_is_no_topic_of_its_kind_is_not_found(string words) => Assert.Null(ExplainTopics.Find(words));

    [Fact]
    public void A_state_asked_for_by_its_number_points_to_the_errno_of_the_same_number()
    {
        Assert.Equal("11 is also an errno, EAGAIN: tcplens explain errno 11", ExplainTopics.Find("11")!.Text(MachineFacts.None).Sections[^1].Lines[^1]);
        Assert.DoesNotContain(ExplainTopics.Find("closing")!.Text(MachineFacts.None).Sections, section => section.Title == "The number");
    }

    [Theory]
    [InlineData("close-wiat", "close-wait")]
    [InlineData("etablished", "established")]
    [InlineData("SYN+ACKK", "SYN+ACK")]
    [InlineData("ETIMEOUT", "ETIMEDOUT")]
    [InlineData("tcp-fin-timout", "tcp_fin_timeout")]
    [InlineData("ListenOverflow", "ListenOverflows")]
    [InlineData("NETFILTER_DORP", "NETFILTER_DROP")]
    public void What_is_misspelt_gets_a_suggestion(string typed, string suggestion)
    {
        Assert.Null(ExplainTopics.Find(typed));
        Assert.Contains(suggestion, ExplainTopics.Suggest(typed));
    }

    [Fact]
    public void What_is_near_nothing_gets_none() => Assert.Empty(ExplainTopics.Suggest("kubernetes"));

    [Fact]
    public void An_illegal_combination_says_so()
    {
        using JsonDocument document = Json(ExplainTopics.Find("SYN+FIN")!, MachineFacts.None);
        Assert.False(document.RootElement.GetProperty("legal").GetBoolean());
        Assert.Equal("tcp[12:2] & 0x1ff = 0x003", document.RootElement.GetProperty("capture_filter").GetString());
    }

    [Theory]
    [InlineData(60, "60 s")]
    [InlineData(0.6, "0.6 s")]
    [InlineData(131, "131 s (2 min 11 s)")]
    [InlineData(924.6, "924.6 s (15 min 25 s)")]
    [InlineData(7875, "7875 s (2 h 11 min)")]
    public void Durations_are_seconds_first(double seconds, string text) => Assert.Equal(text, Durations.Text(TimeSpan.FromSeconds(seconds)));

    private static MachineFacts Told(SettingLookup settings) => new(settings, () => new HostSettings([]), () => CounterSet.Empty);

    private static JsonDocument Json(ExplainTopic topic, MachineFacts machine)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            topic.Write(json, machine, "host", DateTimeOffset.UnixEpoch);
        }

        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static string Words(string text) => string.Join(" ", text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
