using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Observation.TraceMarks;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Diagnosis.Tests;

public sealed class ClosingTests
{
    public static TheoryData<ClosingKind> Kinds => [.. Enum.GetValues<ClosingKind>()];

    [Fact]
    public void Who_sent_the_first_FIN_closed_actively()
    {
        Assert.Equal(ClosingKind.Active, Closing.KindOf(Told.LifeEnd(FinWait2, TimeWait), Told.Path(SynSent, Established, FinWait1, FinWait2, TimeWait)));
        Assert.Equal(ClosingKind.Passive, Closing.KindOf(Told.LifeEnd(LastAck, Closed, marks: NothingInFlight | Orphan), Told.Path(SynReceived, Established, CloseWait, LastAck, Closed)));
        Assert.Equal(ClosingKind.Simultaneous, Closing.KindOf(Told.LifeEnd(TcpState.Closing, TimeWait), Told.Path(Established, FinWait1, TcpState.Closing, TimeWait)));
    }

    [Fact]
    public void A_life_whose_mini_socket_has_ended_too_closed_as_its_path_says()
    {
        Assert.Equal(ClosingKind.Active, Closing.KindOf(Told.LifeEnd(TimeWait, Closed, marks: MiniSocket), Told.Path(Established, FinWait1, FinWait2, TimeWait, Closed)));
        Assert.Equal(ClosingKind.Simultaneous, Closing.KindOf(Told.LifeEnd(TimeWait, Closed, marks: MiniSocket), Told.Path(Established, FinWait1, TcpState.Closing, TimeWait, Closed)));
        Assert.Equal(ClosingKind.FinWait2TimedOut, Closing.KindOf(Told.LifeEnd(FinWait2, Closed, marks: MiniSocket), Told.Path(Established, FinWait1, FinWait2, Closed)));
    }

    [Fact]
    public void An_orphan_in_FIN_WAIT_2_has_closed_by_half()
        => Assert.Equal(ClosingKind.HalfClosed, Closing.KindOf(Told.LifeEnd(FinWait2, FinWait2, marks: BecameMiniSocket | Orphan), Told.Path(Established, FinWait1, FinWait2)));

    [Fact]
    public void A_TIME_WAIT_is_an_orderly_end_however_the_record_is_marked()
        => Assert.Equal(ClosingKind.Active, Closing.KindOf(Told.LifeEnd(FinWait2, TimeWait, marks: BecameMiniSocket), Told.Path(Established, FinWait1, FinWait2, TimeWait)));

    [Theory]
    [InlineData(Established, 104, None, ClosingKind.ResetByPeer)]
    [InlineData(Established, 0, ByProcess, ClosingKind.ResetByUs)]
    [InlineData(Established, 110, None, ClosingKind.TimedOut)]
    [InlineData(Established, 110, NothingInFlight, ClosingKind.KeepAliveDied)]
    [InlineData(SynSent, 111, None, ClosingKind.Refused)]
    [InlineData(SynSent, 113, None, ClosingKind.Unreachable)]
    [InlineData(Established, 103, ByProcess, ClosingKind.Destroyed)]
    public void An_abort_is_what_its_last_change_says(TcpState from, int errno, TraceMarks marks, ClosingKind kind)
        => Assert.Equal(kind, Closing.KindOf(Told.LifeEnd(from, Closed, errno, marks), Told.Path(from, Closed)));

    [Fact]
    public void A_source_that_hears_of_the_end_alone_takes_the_last_state_from_the_path()
    {
        Assert.Equal(ClosingKind.Passive, Closing.KindOf(Told.LifeEnd(Closed, Closed), Told.Path(Established, CloseWait, LastAck, Closed)));
        Assert.Equal(ClosingKind.Unknown, Closing.KindOf(Told.LifeEnd(Closed, Closed), Told.Path(Closed)));
        Assert.Equal(ClosingKind.Unknown, Closing.KindOf(Told.LifeEnd(default, Closed), default));
        Assert.Equal(ClosingKind.Unknown, Closing.KindOf(Told.LifeEnd(Established, Closed), Told.Path(Established, Closed)));
    }

    [Fact]
    public void What_a_socket_was_before_it_connected_again_does_not_count()
        => Assert.Equal(
            ClosingKind.Active,
            Closing.KindOf(Told.LifeEnd(FinWait2, TimeWait), Told.Path(Established, FinWait1, TcpState.Closing, Closed, SynSent, Established, FinWait1, FinWait2, TimeWait)));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_words_and_an_id_of_its_own(ClosingKind kind)
    {
        Assert.Single(Enum.GetValues<ClosingKind>(), other => other.Words() == kind.Words());
        Assert.Single(Enum.GetValues<ClosingKind>(), other => other.Id() == kind.Id());
        Assert.All(kind.Id(), letter => Assert.True(char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_'));
    }
}
