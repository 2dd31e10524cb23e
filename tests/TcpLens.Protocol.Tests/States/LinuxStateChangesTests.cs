namespace TcpLens.Protocol.Tests;

public sealed class LinuxStateChangesTests
{
    [Theory]
    [InlineData(TcpState.Closed, TcpState.SynSent, StateChangeOrigin.Rfc)]
    [InlineData(TcpState.Listen, TcpState.SynReceived, StateChangeOrigin.Rfc)]
    [InlineData(TcpState.FinWait2, TcpState.Closed, StateChangeOrigin.Rfc)]
    [InlineData(TcpState.FinWait1, TcpState.FinWait1, StateChangeOrigin.Linux)]
    [InlineData(TcpState.Closed, TcpState.Closed, StateChangeOrigin.Linux)]
    [InlineData(TcpState.TimeWait, TcpState.Established, StateChangeOrigin.Unknown)]
    [InlineData(TcpState.Closed, TcpState.CloseWait, StateChangeOrigin.Unknown)]
    [InlineData((TcpState)0, (TcpState)200, StateChangeOrigin.Unknown)]
    public void A_pair_is_of_the_RFC_of_Linux_or_unknown(TcpState from, TcpState to, StateChangeOrigin origin)
        => Assert.Equal(origin, LinuxStateChanges.OriginOf(from, to));

    /// <summary>The pairs that one tracing run on Linux 6.18 showed: opens, closes of every order, shutdowns, resets, a self-connection, MPTCP.</summary>
    [Theory]
    [InlineData("CLOSE LISTEN, CLOSE SYN_SENT, SYN_SENT ESTABLISHED, SYN_SENT CLOSE, SYN_SENT SYN_RECV, LISTEN SYN_RECV, SYN_RECV ESTABLISHED")]
    [InlineData("ESTABLISHED FIN_WAIT1, FIN_WAIT1 FIN_WAIT1, FIN_WAIT1 FIN_WAIT2, FIN_WAIT2 FIN_WAIT2, FIN_WAIT2 CLOSE, FIN_WAIT1 CLOSING")]
    [InlineData("CLOSING CLOSE, ESTABLISHED CLOSE_WAIT, CLOSE_WAIT LAST_ACK, LAST_ACK CLOSE, ESTABLISHED CLOSE, LISTEN CLOSE")]
    [InlineData("CLOSE CLOSE, LISTEN LISTEN, LISTEN ESTABLISHED")]
    public void No_pair_that_Linux_was_seen_to_report_is_unknown(string pairs)
    {
        foreach (string pair in pairs.Split(", "))
        {
            string[] names = pair.Split(' ');
            Assert.True(TcpStateNames.TryParse(names[0], out TcpState from) & TcpStateNames.TryParse(names[1], out TcpState to), pair);
            Assert.True(LinuxStateChanges.OriginOf(from, to) != StateChangeOrigin.Unknown, pair);
        }
    }

    [Fact]
    public void The_end_of_FIN_WAIT_2_is_said_to_be_a_hand_over()
        => Assert.Contains("TIME-WAIT mini-socket", LinuxStateChanges.Meaning(TcpState.FinWait2, TcpState.Closed));

    [Fact]
    public void A_pair_of_both_tables_is_of_the_RFC_and_every_pair_is_where_it_stands()
    {
        foreach (TcpState from in Enum.GetValues<TcpState>())
        {
            foreach (TcpState to in Enum.GetValues<TcpState>())
            {
                StateChangeOrigin expected = TcpTransitions.HasPair(from, to) ? StateChangeOrigin.Rfc
                    : LinuxStateChanges.Meaning(from, to) is not null ? StateChangeOrigin.Linux
                    : StateChangeOrigin.Unknown;
                Assert.Equal(expected, LinuxStateChanges.OriginOf(from, to));
            }
        }
    }

    [Fact]
    public void No_pair_has_two_meanings()
        => Assert.Equal(LinuxStateChanges.All.Count, LinuxStateChanges.All.Select(row => (row.From, row.To)).Distinct().Count());
}
