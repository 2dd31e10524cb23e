using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Filters;

/// <summary>The language of ss, about connections of a capture.</summary>
public sealed class ConnectionFilterTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("dport 443", true)]
    [InlineData("sport 443", false)]
    [InlineData("src 10.0.0.0/8 and dst 192.0.2.1", true)]
    [InlineData("addr 192.0.2.1:443", true)]
    [InlineData("family v6", false)]
    [InlineData("outcome reset-by-responder", true)]
    [InlineData("outcome ResetByResponder", true)]
    [InlineData("outcome != closed", true)]
    [InlineData("zeek rstr", true)]
    [InlineData("retrans > 2 and retrans <= 3", true)]
    [InlineData("octets > 1k", true)]
    [InlineData("sent = 100 received = 2000", true)]
    [InlineData("packets >= 13", true)]
    [InlineData("duration < 2s", true)]
    [InlineData("rtt > 10ms", true)]
    [InlineData("not rtt > 10ms", false)]
    [InlineData("mark zero-window", true)]
    [InlineData("mark keep-alive", false)]
    [InlineData("number = 7", true)]
    [InlineData("state close-wait", true)]
    [InlineData("state established", false)]
    [InlineData("outcome closed or (mark zero-window and dport 443)", true)]
    public void A_connection_passes_when_the_filter_says_so(string filter, bool passes)
        => Assert.Equal(passes, Parse(filter).Matches(Record()));

    [Fact]
    public void What_a_capture_does_not_tell_is_neither_so_nor_otherwise()
    {
        ConnectionRecord mute = Record(TimeSpan.Zero);
        Assert.False(Parse("rtt > 1ms").Matches(mute));
        Assert.False(Parse("not rtt > 1ms").Matches(mute));
        Assert.False(Parse("not state established").Matches(Record(responder: Certainty.Unknown)));
        Assert.True(Parse("not state established").Matches(Record()));
    }

    [Theory]
    [InlineData("dport 443 and (outcome refused or retrans > 10)")]
    [InlineData("state established,close-wait")]
    [InlineData("mark zero-window")]
    [InlineData("duration >= 1500us")]
    public void A_filter_written_out_reads_back_the_same(string filter)
        => Assert.Equal(Parse(filter).ToString(), Parse(Parse(filter).ToString()).ToString());

    [Theory]
    [InlineData("tcp port 443", "tcp", null)]
    [InlineData("outcome refusd", "refusd", "refused")]
    [InlineData("mark zerowindw", "zerowindw", "zero-window")]
    [InlineData("refused", "refused", "outcome refused")]
    [InlineData("process nginx", "process", null)]
    [InlineData("established", "established", "state established")]
    [InlineData("rtt > 5", "5", "5ms")]
    public void A_mistake_is_pointed_at_and_what_was_meant_is_guessed(string filter, string wrong, string? meant)
    {
        (ConnectionFilter? none, FilterError? failure) = ConnectionFilter.Parse(filter, NoNames.Instance);
        Assert.Null(none);
        Assert.Equal(wrong, failure!.Text.Substring(failure.Position, failure.Length));
        if (meant is not null)
        {
            Assert.Equal(meant, failure.Suggestion);
        }
    }

    [Fact]
    public void And_and_or_mixed_are_warned_about()
        => Assert.Contains("read as", Assert.Single(Parse("dport 1 or dport 2 and dport 3").Warnings), StringComparison.Ordinal);

    private static ConnectionFilter Parse(string text)
    {
        (ConnectionFilter? filter, FilterError? failure) = ConnectionFilter.Parse(text, NoNames.Instance);
        Assert.True(filter is not null, failure?.Render());
        return filter!;
    }

    private static ConnectionRecord Record(TimeSpan? rtt = null, Certainty responder = Certainty.Seen) => new()
    {
        Number = 7,
        Originator = new(HostAddress.Parse("10.1.2.3")!.Value, 50000),
        Responder = new(HostAddress.Parse("192.0.2.1")!.Value, 443),
        FirstSeen = new(0),
        LastSeen = new(1_500_000_000),
        Outcome = ConnectionOutcome.ResetByResponder,
        ZeekState = "RSTR",
        History = "ShADdr",
        HandshakeRtt = rtt == TimeSpan.Zero ? null : TimeSpan.FromMilliseconds(20),
        Timeline =
        [
            new(new(0), ConnectionEnd.Originator, new(TcpState.CloseWait, Certainty.Seen)),
            new(new(0), ConnectionEnd.Responder, new(TcpState.Closed, responder)),
        ],
        FromOriginator = new()
        {
            Packets = 6,
            PayloadOctets = 100,
            Marks = new Dictionary<SegmentMarks, long> { [SegmentMarks.Retransmission] = 3, [SegmentMarks.ZeroWindow] = 1 },
        },
        FromResponder = new() { Packets = 7, PayloadOctets = 2000 },
    };
}
