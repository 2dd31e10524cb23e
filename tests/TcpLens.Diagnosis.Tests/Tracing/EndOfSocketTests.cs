using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Observation.TraceMarks;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Diagnosis.Tests;

/// <summary>
/// The rows with marks and errors are what Linux 6.18 showed when real sockets were brought to these ends; those without any are what a
/// source sees that reads the tracepoint alone.
/// </summary>
public sealed class EndOfSocketTests
{
    private const int Epipe = 32, Econnaborted = 103, Econnreset = 104, Etimedout = 110, Econnrefused = 111, Ehostunreach = 113, Ebadmsg = 74;

    [Theory]
    [InlineData(Established, Econnreset, None, "reset by peer (ECONNRESET)")]
    [InlineData(Established, Econnreset, ByProcess, "reset by peer (ECONNRESET)")]   // The RST waited in the backlog of a locked socket.
    [InlineData(CloseWait, Epipe, NothingInFlight, "reset by peer (EPIPE)")]
    [InlineData(LastAck, Econnreset, Orphan, "reset by peer (ECONNRESET)")]
    [InlineData(SynReceived, Econnreset, None, "reset by peer (ECONNRESET)")]
    [InlineData(FinWait2, Econnreset, NothingInFlight, "reset by peer (ECONNRESET)")]
    [InlineData(FinWait1, Econnreset, Orphan, "reset by peer, or by us for data after close() (ECONNRESET)")]
    [InlineData(SynSent, Econnrefused, ByProcess, "refused (ECONNREFUSED)")]
    [InlineData(SynSent, Ehostunreach, None, "unreachable (EHOSTUNREACH)")]
    [InlineData(SynSent, Etimedout, PeerWindowClosed, "timed out: no answer to SYN (ETIMEDOUT)")]
    [InlineData(SynReceived, Etimedout, None, "timed out: no answer to SYN-ACK (ETIMEDOUT)")]
    [InlineData(Established, Etimedout, None, "timed out: no answer to retransmissions (ETIMEDOUT)")]
    [InlineData(FinWait1, Etimedout, Orphan, "timed out: no answer to retransmissions (ETIMEDOUT)")]
    [InlineData(Established, Etimedout, NothingInFlight, "keep-alive unanswered (ETIMEDOUT)")]
    [InlineData(CloseWait, Etimedout, PeerWindowClosed, "timed out: peer's window stayed closed (ETIMEDOUT)")]
    [InlineData(Established, Ehostunreach, None, "timed out, after an ICMP error (EHOSTUNREACH)")]
    [InlineData(Established, Econnrefused, None, "timed out, after an ICMP error (ECONNREFUSED)")]
    public void An_error_is_told_with_its_name(TcpState from, int errno, TraceMarks marks, string reason)
        => Assert.Equal(reason, Closing.ReasonOf(Told.Change(from, Closed, errno, marks)));

    [Theory]
    [InlineData(Established, ByProcess, "we reset: closed with unread data")]
    [InlineData(Established, ByProcess | LingersNot, "we reset: close() with SO_LINGER 0")]
    [InlineData(CloseWait, ByProcess, "we reset: closed with unread data")]
    [InlineData(FinWait1, ByProcess | LingersNot, "we reset: close() with SO_LINGER 0")]
    [InlineData(FinWait2, ByProcess | LingersNot | NothingInFlight, "we reset: close() with SO_LINGER 0")]
    [InlineData(SynSent, ByProcess, "connect() given up by the process")]
    [InlineData(Established, NothingInFlight, "we reset: listener closed before accept()")]
    [InlineData(CloseWait, NothingInFlight, "we reset: listener closed before accept()")]
    [InlineData(SynReceived, NothingInFlight, "dropped before accept(): listener closed, or no memory")]
    [InlineData(FinWait1, Orphan | ByProcess, "we reset: too many orphans, or out of memory (tcp_max_orphans, tcp_mem)")]
    [InlineData(LastAck, Orphan, "we reset: too many orphans, or out of memory (tcp_max_orphans, tcp_mem)")]
    [InlineData(FinWait2, Orphan | NothingInFlight, "cut short: data after close(), TCP_LINGER2 below 0, or no room for TIME_WAIT")]
    [InlineData(FinWait2, NothingInFlight, "no room for TIME_WAIT (tcp_max_tw_buckets, memory)")]
    [InlineData(TcpState.Closing, NothingInFlight, "no room for TIME_WAIT (tcp_max_tw_buckets, memory)")]
    [InlineData(FinWait2, MiniSocket, "the peer's FIN never came (tcp_fin_timeout)")]
    [InlineData(Closed, None, "MPTCP")]
    public void Without_an_error_the_marks_tell_who_ended_it(TcpState from, TraceMarks marks, string reason)
        => Assert.Equal(reason, Closing.ReasonOf(Told.Change(from, Closed, marks: marks)));

    [Theory]
    [InlineData(LastAck, NothingInFlight)]
    [InlineData(LastAck, NothingInFlight | Orphan)]
    [InlineData(LastAck, NothingInFlight | Orphan | ByProcess)]
    [InlineData(LastAck, None)]
    [InlineData(TimeWait, MiniSocket)]
    [InlineData(Listen, ByProcess)]
    public void An_ordinary_end_needs_no_reason(TcpState from, TraceMarks marks) => Assert.Null(Closing.ReasonOf(Told.Change(from, Closed, marks: marks)));

    [Theory]
    [InlineData(SynSent, "connect() failed, no reason recorded")]
    [InlineData(SynReceived, "aborted, no reason recorded")]
    [InlineData(Established, "aborted, no reason recorded")]
    [InlineData(CloseWait, "aborted, no reason recorded")]
    [InlineData(FinWait1, "aborted, no reason recorded")]
    [InlineData(FinWait2, "aborted, no reason recorded")]
    [InlineData(TcpState.Closing, "aborted, no reason recorded")]
    public void A_source_that_sees_neither_error_nor_marks_gets_no_guess(TcpState from, string reason)
        => Assert.Equal(reason, Closing.ReasonOf(Told.Change(from, Closed)));

    [Fact]
    public void A_connect_without_a_local_port_found_none()
        => Assert.Equal("no free local port (EADDRNOTAVAIL)", Closing.ReasonOf(Told.Change(SynSent, Closed) with { LocalPort = 0 }));

    [Fact]
    public void An_error_that_is_not_of_the_network_says_nothing_of_the_end()
        => Assert.Equal("we reset: closed with unread data", Closing.ReasonOf(Told.Change(Established, Closed, Ebadmsg, ByProcess)));

    [Theory]
    [InlineData(Established, Econnaborted, ByProcess, "destroyed by ss/1234 (SOCK_DESTROY)")]
    [InlineData(Listen, 0, Destroyed | ByProcess, "destroyed by ss/1234 (SOCK_DESTROY)")]
    [InlineData(Closed, Econnaborted, ByProcess, "destroyed by ss/1234 (SOCK_DESTROY)")]
    [InlineData(Established, Econnaborted, None, "destroyed (SOCK_DESTROY)")]
    [InlineData(TimeWait, 0, MiniSocket | Destroyed, "destroyed by ss/1234 (SOCK_DESTROY)")]
    public void Who_destroyed_a_socket_is_named_where_it_is_known(TcpState from, int errno, TraceMarks marks, string reason)
        => Assert.Equal(reason, Closing.ReasonOf(Told.Change(from, Closed, errno, marks) with { Command = TaskName.From("ss"u8) }));

    [Fact]
    public void A_destroyer_with_a_hostile_name_reaches_no_terminal()
    {
        TraceRecord record = Told.Change(Established, Closed, Econnaborted, ByProcess) with { Command = TaskName.From("a\e[31m\n\u00e9 b"u8) };
        Assert.Equal("destroyed by a?[31m??? b/1234 (SOCK_DESTROY)", Closing.ReasonOf(in record));
    }

    [Theory]
    [InlineData(TimeWait, MiniSocket, "TIME_WAIT ended early: new SYN, reused by connect(), or RST")]
    [InlineData(FinWait2, MiniSocket, "FIN_WAIT2 ended early: RST, or data after close()")]
    [InlineData(TimeWait, MiniSocket | Destroyed, "destroyed by curl/1234 (SOCK_DESTROY)")]
    public void A_timer_taken_away_is_an_early_end(TcpState state, TraceMarks marks, string reason)
        => Assert.Equal(reason, Closing.ReasonOf(Told.Change(state, default, marks: marks) with { Kind = TraceKind.TimeWaitCancelled }));

    [Fact]
    public void Errors_of_the_network_are_those_that_ICMP_becomes_but_for_the_one_about_size()
    {
        IEnumerable<int> expected = IcmpErrnos.All.Select(row => ErrnoCatalog.Find(row.Symbol)!.Number)
            .Append(ErrnoCatalog.Find("ENETDOWN")!.Number).Except([ErrnoCatalog.Find("EMSGSIZE")!.Number]);
        Assert.Equal(expected.Order(), Enumerable.Range(0, 1000).Where(errno => SocketErrors.IsOfNetwork((ushort)errno)));
    }
}
