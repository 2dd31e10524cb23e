using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.SockDiag;

public sealed class StateCounterTests
{
    /// <summary>What the rare walk finds: a listener, a request, a CLOSE_WAIT, a held FIN_WAIT_2 and one that is a mini-socket.</summary>
    private static readonly byte[][] RareSockets =
    [
        DiagMessages.Entry(TcpState.Listen),
        DiagMessages.Entry(TcpState.SynReceived, timer: 1, full: false),
        DiagMessages.Entry(TcpState.CloseWait),
        DiagMessages.Entry(TcpState.FinWait2),
        DiagMessages.Entry(TcpState.FinWait2, timer: 3, full: false),
        DiagMessages.DoneMessage,
    ];

    [Fact]
    public void Established_and_time_wait_are_what_the_sums_leave_over()
    {
        using var netlink = new RecordedNetlink(RareSockets);
        StateCount count = new StateCounter(netlink, () => new SocketStat(InUse: 100, TimeWait: 50, 0, 0, 0, InUseV6: 10)).Count(walk: false);

        Assert.Equal(107, count.Counts[TcpState.Established]); // 110 in use, less the listener, CLOSE_WAIT and the held FIN_WAIT_2
        Assert.Equal(49, count.Counts[TcpState.TimeWait]);     // 50 mini-sockets, less the one in FIN_WAIT_2
        Assert.Equal(2, count.Counts[TcpState.FinWait2]);
        Assert.Equal(1, count.Counts[TcpState.SynReceived]);
        Assert.Single(netlink.Questions);
    }

    [Fact]
    public void Sums_that_move_meanwhile_are_asked_for_once_more_and_then_taken()
    {
        long inUse = 100;
        using var netlink = new RecordedNetlink(RareSockets, RareSockets, RareSockets);
        StateCount count = new StateCounter(netlink, () => new SocketStat(InUse: inUse++, TimeWait: 50, 0, 0, 0, 0)).Count(walk: false);

        Assert.Equal(2, netlink.Questions.Count);
        Assert.Equal(100, count.Counts[TcpState.Established]); // the fourth reading says 103
        Assert.Contains("came and went", count.Source);
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(100, 0)]
    public void Sums_that_cannot_be_are_not_believed_and_every_socket_is_walked(long inUse, long timeWait)
    {
        using var netlink = new RecordedNetlink(RareSockets, [DiagMessages.Entry(TcpState.Established), DiagMessages.DoneMessage]);
        StateCount count = new StateCounter(netlink, () => new SocketStat(inUse, timeWait, 0, 0, 0, 0)).Count(walk: false);

        Assert.Equal(1, count.Counts.Total);
        Assert.Contains("did not add up", count.Source);
    }

    [Fact]
    public void Without_sums_every_socket_is_walked()
    {
        using var netlink = new RecordedNetlink(RareSockets, RareSockets, RareSockets);
        StateCount count = new StateCounter(netlink, () => null).Count(walk: false);

        Assert.Equal(5, count.Counts.Total);
    }
}
