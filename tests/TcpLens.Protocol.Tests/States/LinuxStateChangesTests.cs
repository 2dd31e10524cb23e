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

    [Fact]
    public void The_end_of_FIN_WAIT_2_is_said_to_be_a_hand_over()
        => Assert.Contains("TIME-WAIT mini-socket", LinuxStateChanges.Meaning(TcpState.FinWait2, TcpState.Closed));

    [Fact]
    public void No_pair_has_two_meanings()
        => Assert.Equal(LinuxStateChanges.All.Count, LinuxStateChanges.All.Select(row => (row.From, row.To)).Distinct().Count());
}
