using TcpLens.Protocol;

namespace TcpLens.Lab.Tests;

public sealed class ScriptParserTests
{
    private static readonly IReadOnlySet<string> Standard = ScriptOptions.Symbols(ScriptProfile.Rfc);

    [Theory]
    [InlineData("0 close(3) = 0", ScriptTimeKind.Absolute, 0, 0)]
    [InlineData("1.5 close(3) = 0", ScriptTimeKind.Absolute, 1500, 0)]
    [InlineData("+.1 close(3) = 0", ScriptTimeKind.Relative, 100, 0)]
    [InlineData("+ 0.25 close(3) = 0", ScriptTimeKind.Relative, 250, 0)]
    [InlineData("* > . 1:1(0) ack 1", ScriptTimeKind.Any, 0, 0)]
    [InlineData("0.1~0.2 > . 1:1(0) ack 1", ScriptTimeKind.AbsoluteRange, 100, 200)]
    [InlineData("+.3~+.303 > . 1:1(0) ack 1", ScriptTimeKind.RelativeRange, 300, 303)]
    public void A_time_is_read_in_every_form(string text, ScriptTimeKind kind, int start, int end)
    {
        ScriptTime time = Only(text).Time;
        Assert.Equal((kind, start, end), (time.Kind, time.Start.TotalMilliseconds, time.End.TotalMilliseconds));
    }

    [Theory]
    [InlineData("+0...0.300 write(4, ..., 61000) = 61000", 300)]
    [InlineData("+.002 ... 0.004 connect(4, ..., ...) = 0", 4)]
    [InlineData("1.00...6.00 connect(3, ..., ...) = -1 ETIMEDOUT (Operation timed out)", 6000)]
    public void A_blocking_call_has_an_end(string text, int end) => Assert.Equal(end, Only(text).Time.CallEnd!.Value.TotalMilliseconds);

    [Fact]
    public void A_segment_has_its_options_in_their_order()
    {
        ScriptSegment segment = Segment("+0 < S 0:0(0) win 32792 <mss 1000,sackOK,TS val 100 ecr 7,nop,wscale 7>");
        Assert.Equal((ControlBits.Syn, (ushort)32792, null), (segment.Bits, segment.Window!.Value, segment.Acknowledgment));
        Assert.Equal(
            [
                new(TcpOptionKind.MaximumSegmentSize, 1000), new(TcpOptionKind.SackPermitted), new(TcpOptionKind.Timestamps, 100, 7),
                new(TcpOptionKind.NoOperation), new ScriptOption(TcpOptionKind.WindowScale, 7),
            ],
            segment.Options);
    }

    [Fact]
    public void A_segment_may_leave_its_options_open() => Assert.Null(Segment("0 > S. 0:0(0) ack 1 <...>").Options);

    [Theory]
    [InlineData("0 > [ect0] P. 1:1001(1000) ack 1", EcnCodepoint.Ect0, null, null)]
    [InlineData("0 > (tos 0x20) . 1:1(0) ack 1", null, (byte)0x20, null)]
    [InlineData("0 > (hlim 4) . 1:1(0) ack 1", null, null, (byte)4)]
    public void Fields_of_the_IP_header_stand_in_front(string text, EcnCodepoint? ecn, byte? trafficClass, byte? timeToLive)
        => Assert.Equal(new ScriptIpFields(ecn, false, trafficClass, timeToLive), Segment(text).Ip);

    [Theory]
    [InlineData("0.25 < [1:1461(1460)] icmp unreachable frag_needed mtu 1200")]
    [InlineData("+0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]")]
    public void An_ICMP_message_quotes_a_segment(string text)
    {
        ScriptIcmp message = Assert.IsType<IcmpStatement>(Only(text)).Message;
        Assert.Equal(("unreachable", "frag_needed", 1200u, (1u, 1460)), (message.Type, message.Code, message.Mtu!.Value, message.Quoted!.Value));
    }

    [Fact]
    public void A_call_has_arguments_of_every_kind()
    {
        CallStatement call = Assert.IsType<CallStatement>(Only("0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 40}, {..., 2}], msg_flags=0}, MSG_MORE|MSG_DONTWAIT) = -1 EAGAIN (later)"));
        Assert.Equal(("sendmsg", 3, "EAGAIN"), (call.Function, call.Arguments.Count, call.Error));
        ScriptValue.Record message = Assert.IsType<ScriptValue.Record>(call.Arguments[1]);
        Assert.Equal(2, Assert.IsType<ScriptValue.List>(message["msg_iov"]).Items.Count);
        Assert.IsType<ScriptValue.Either>(call.Arguments[2]);
    }

    [Fact]
    public void Commands_assertions_comments_and_options_are_told_apart()
    {
        Script script = Parse("--tolerance_usecs=75000\n/* a\n b */ `sysctl -w a=1\n b=2` // c\n# d\n+0 %{ assert tcpi_state == 1; x = 2 }%\n");
        Assert.Equal("75000", script.Options["tolerance_usecs"]);
        Assert.Equal("sysctl -w a=1\n b=2", Assert.IsType<ShellStatement>(script.Statements[0]).Command);
        Assert.Equal((" assert tcpi_state == 1; x = 2 ", 6), (Assert.IsType<CodeStatement>(script.Statements[1]).Code, script.Statements[1].Line));
    }

    [Theory]
    [InlineData("STANDARD", 1)]
    [InlineData("FreeBSD", 2)]
    public void A_condition_leaves_one_branch(string symbol, int descriptor)
    {
        const string Text = "#ifdef STANDARD\n0 close(1) = 0\n#else\n0 close(2) = 0\n#endif\n";
        Script script = ScriptParser.Parse(Text, "test.pkt", new HashSet<string> { symbol });
        CallStatement call = Assert.IsType<CallStatement>(Assert.Single(script.Statements));
        Assert.Equal(new ScriptValue.Number(descriptor), call.Arguments[0]);
    }

    [Theory]
    [InlineData("0 < S 0:0(1)", 1, 13, "0 - 0 octets of payload")]
    [InlineData("0 close(3)", 1, 11, "what the call returns")]
    [InlineData("\n0 > X 1:1(0)", 2, 5, "flags")]
    [InlineData("0 %{ assert", 1, 5, "}%")]
    [InlineData("#ifdef A\n", 2, 1, "#endif")]
    public void A_mistake_is_shown_with_its_place_and_what_was_expected(string text, int line, int column, string expected)
    {
        ScriptSyntaxException mistake = Assert.Throws<ScriptSyntaxException>(() => Parse(text));
        Assert.Equal((line, column), (mistake.Line, mistake.Column));
        Assert.StartsWith($"test.pkt:{line}:{column}: ", mistake.Message, StringComparison.Ordinal);
        Assert.Contains(expected, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_becomes_of_a_script_it_is_read_or_refused()
    {
        foreach (string text in DamagedScripts.Make(seed: 20260901, count: 4000))
        {
            try
            {
                Parse(text);
            }
            catch (ScriptSyntaxException mistake)
            {
                Assert.True(mistake.Line > 0 && mistake.Column > 0, mistake.Message);
            }
        }
    }

    private static Script Parse(string text) => ScriptParser.Parse(text, "test.pkt", Standard);

    private static ScriptStatement Only(string text) => Assert.Single(Parse(text).Statements);

    private static ScriptSegment Segment(string text) => Assert.IsType<SegmentStatement>(Only(text)).Segment;
}
