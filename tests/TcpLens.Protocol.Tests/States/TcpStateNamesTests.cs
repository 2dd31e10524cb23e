using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Protocol.Tests;

public sealed class TcpStateNamesTests
{
    // state, RFC, ss, ss filter, netstat, /proc, decimal, tracepoint, node_exporter, Windows
    private const string Table = """
        Established ESTABLISHED  ESTAB      established ESTABLISHED 01 1  TCP_ESTABLISHED established ESTABLISHED
        SynSent     SYN-SENT     SYN-SENT   syn-sent    SYN_SENT    02 2  TCP_SYN_SENT    syn_sent    SYN_SENT
        SynReceived SYN-RECEIVED SYN-RECV   syn-recv    SYN_RECV    03 3  TCP_SYN_RECV    syn_recv    SYN_RCVD
        FinWait1    FIN-WAIT-1   FIN-WAIT-1 fin-wait-1  FIN_WAIT1   04 4  TCP_FIN_WAIT1   fin_wait1   FIN_WAIT1
        FinWait2    FIN-WAIT-2   FIN-WAIT-2 fin-wait-2  FIN_WAIT2   05 5  TCP_FIN_WAIT2   fin_wait2   FIN_WAIT2
        TimeWait    TIME-WAIT    TIME-WAIT  time-wait   TIME_WAIT   06 6  TCP_TIME_WAIT   time_wait   TIME_WAIT
        Closed      CLOSED       UNCONN     closed      CLOSE       07 7  TCP_CLOSE       close       CLOSED
        CloseWait   CLOSE-WAIT   CLOSE-WAIT close-wait  CLOSE_WAIT  08 8  TCP_CLOSE_WAIT  close_wait  CLOSE_WAIT
        LastAck     LAST-ACK     LAST-ACK   last-ack    LAST_ACK    09 9  TCP_LAST_ACK    last_ack    LAST_ACK
        Listen      LISTEN       LISTEN     listening   LISTEN      0A 10 TCP_LISTEN      listen      LISTENING
        Closing     CLOSING      CLOSING    closing     CLOSING     0B 11 TCP_CLOSING     closing     CLOSING
        """;

    public static TheoryData<TcpState, StateSpelling, string> EveryStateInEverySpelling()
    {
        TheoryData<TcpState, StateSpelling, string> rows = [];
        foreach (string line in Table.Split('\n'))
        {
            string[] cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (StateSpelling spelling in Enum.GetValues<StateSpelling>())
            {
                rows.Add(Enum.Parse<TcpState>(cells[0]), spelling, cells[(int)spelling + 1]);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(EveryStateInEverySpelling))]
    public void Every_state_is_printed_and_read_back_in_every_spelling(TcpState state, StateSpelling spelling, string text)
    {
        Assert.Equal(text, state.Name(spelling));
        Assert.Equal(text, Encoding.UTF8.GetString(TcpStateNames.Utf8Name(state, spelling)));
        string[] variants = [text, text.ToLowerInvariant(), text.ToUpperInvariant(), text.Replace('-', '_'), text.Replace('_', '-'), text.Replace("-", "").Replace("_", ""), text.Replace('_', ' ')];
        foreach (string variant in variants)
        {
            Assert.True(TcpStateNames.TryParse(variant, out TcpState fromText), variant);
            Assert.True(TcpStateNames.TryParse(Encoding.UTF8.GetBytes(variant), out TcpState fromUtf8), variant);
            Assert.Equal((variant, state, state), (variant, fromText, fromUtf8));
        }
    }

    [Fact]
    public void The_table_holds_all_eleven_states() => Assert.Equal(11 * 9, EveryStateInEverySpelling().Count);

    [Theory]
    [InlineData("ESTABLISH", TcpState.Established)]
    [InlineData("SYN_SEND", TcpState.SynSent)]
    [InlineData("SYN_RCVD", TcpState.SynReceived)]
    [InlineData("SYN-RCV", TcpState.SynReceived)]
    [InlineData("sync_recv", TcpState.SynReceived)]
    [InlineData("TCP_NEW_SYN_RECV", TcpState.SynReceived)]
    [InlineData("SynReceived", TcpState.SynReceived)]
    [InlineData("FIN-WAIT1", TcpState.FinWait1)]
    [InlineData("FIN_WAIT_2", TcpState.FinWait2)]
    [InlineData("TIMED_WAIT", TcpState.TimeWait)]
    [InlineData("2MSL wait", TcpState.TimeWait)]
    [InlineData("Time Wait", TcpState.TimeWait)]
    [InlineData("unconnected", TcpState.Closed)]
    [InlineData("DELETE_TCB", TcpState.Closed)]
    [InlineData("WAIT_CLOSE", TcpState.CloseWait)]
    [InlineData("LISTENING", TcpState.Listen)]
    [InlineData("0x0A", TcpState.Listen)]
    [InlineData("0b", TcpState.Closing)]
    public void Variants_met_in_logs_and_articles_are_read(string text, TcpState expected)
    {
        Assert.True(TcpStateNames.TryParse(text, out TcpState state));
        Assert.Equal(expected, state);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("0")]
    [InlineData("13")]
    [InlineData("TIME_WAIT2")]
    [InlineData("FIN_WAIT")]
    [InlineData("FIN_WAIT3")]
    [InlineData("WAIT")]
    [InlineData("tcp")]
    [InlineData("tcp6")]
    [InlineData("estab!")]
    [InlineData("an established connection of great length")]
    public void What_is_no_state_is_refused(string text)
    {
        Assert.False(TcpStateNames.TryParse(text, out TcpState state));
        Assert.Equal(default, state);
    }

    [Fact]
    public void No_input_makes_the_reader_throw()
    {
        Prop.ForAll<byte[]>(bytes => !TcpStateNames.TryParse(bytes, out TcpState state) || Enum.IsDefined(state)).QuickCheckThrowOnFailure();
        Prop.ForAll<string?>(text => !TcpStateNames.TryParse(text.AsSpan(), out TcpState state) || Enum.IsDefined(state)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Reading_and_printing_allocate_nothing()
    {
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int octets = Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(octets > 0);

        static int Round()
        {
            int octets = 0;
            for (TcpState state = TcpState.Established; state <= TcpState.Closing; state++)
            {
                ReadOnlySpan<byte> name = TcpStateNames.Utf8Name(state, StateSpelling.Rfc);
                octets += TcpStateNames.TryParse(name, out TcpState back) && back == state ? name.Length : 0;
            }

            return octets;
        }
    }

    [Fact]
    public void A_number_that_is_no_state_is_printed_as_a_question_mark()
        => Assert.All(Enum.GetValues<StateSpelling>(), spelling => Assert.Equal("?", ((TcpState)13).Name(spelling)));
}
