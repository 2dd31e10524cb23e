using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Diagnosis.Tests;

public sealed class StepReasonsTests
{
    private const int Events = 100_000;

    private static readonly TraceRecord[] Ordinary =
    [
        Told.Change(Closed, SynSent) with { LocalPort = 0 },
        Told.Change(SynSent, Established),
        Told.Change(SynReceived, Established, marks: TraceMarks.Born),
        Told.Change(Established, FinWait1, marks: TraceMarks.ByProcess),
        Told.Change(FinWait1, FinWait2),
        Told.Change(FinWait2, TimeWait),
        Told.Change(TimeWait, Closed, marks: TraceMarks.MiniSocket),
        Told.Change(Established, CloseWait),
        Told.Change(CloseWait, LastAck, marks: TraceMarks.ByProcess),
        Told.Change(LastAck, Closed),
        Told.Change(Closed, Listen),
        Told.Change(Listen, Closed),
        Told.Change(Listen, SynReceived),
    ];

    private static readonly TraceRecord[] Constant =
    [
        Told.Change(Established, Closed, errno: 104), Told.Change(Established, Closed, marks: TraceMarks.ByProcess),
        Told.Change(SynSent, Closed, errno: 113), Told.Change(Closed, CloseWait),
    ];

    [Fact]
    public void Nothing_is_said_of_an_ordinary_life()
        => Assert.All(Ordinary, record => Assert.Null(Closing.ReasonOf(in record)));

    [Theory]
    [InlineData(SynSent, SynReceived, "simultaneous open")]
    [InlineData(FinWait1, TcpState.Closing, "simultaneous close")]
    [InlineData(TcpState.Closing, TimeWait, "simultaneous close completes")]
    [InlineData(TimeWait, SynReceived, "reopened by a new SYN")]
    [InlineData(SynReceived, FinWait1, "close before the handshake ends")]
    [InlineData(FinWait1, FinWait1, "close() after shutdown()")]
    [InlineData(FinWait2, FinWait2, "close() after shutdown()")]
    [InlineData(Listen, Listen, "MPTCP")]
    [InlineData(Listen, Established, "MPTCP")]
    [InlineData(Listen, SynSent, "in the transition table, but not of Linux")]
    [InlineData(Closed, CloseWait, "not in the transition table")]
    [InlineData(TimeWait, Established, "not in the transition table")]
    [InlineData((TcpState)0, (TcpState)200, "not in the transition table")]
    public void What_is_rare_or_unheard_of_is_said(TcpState from, TcpState to, string reason) => Assert.Equal(reason, Closing.ReasonOf(Told.Change(from, to)));

    [Fact]
    public void A_socket_that_calls_itself_is_told_from_two_that_call_each_other()
    {
        TraceRecord record = Told.Change(SynSent, SynReceived) with { LocalPort = 80 };
        Assert.Equal("connected to itself", Closing.ReasonOf(in record));
    }

    [Fact]
    public void A_pair_is_reported_as_unknown_exactly_when_no_table_has_it()
    {
        foreach (TcpState from in Enum.GetValues<TcpState>())
        {
            foreach (TcpState to in Enum.GetValues<TcpState>())
            {
                bool isReported = Closing.ReasonOf(Told.Change(from, to)) == "not in the transition table";
                Assert.Equal(LinuxStateChanges.OriginOf(from, to) == StateChangeOrigin.Unknown, isReported);
            }
        }
    }

    [Fact]
    public void Only_changes_and_early_ends_have_a_reason_here()
    {
        foreach (TraceKind kind in Enum.GetValues<TraceKind>().Except([TraceKind.StateChange, TraceKind.TimeWaitCancelled]))
        {
            Assert.Null(Closing.ReasonOf(Told.Change(Established, Closed, errno: 104) with { Kind = kind }));
        }
    }

    [Fact]
    public void A_reason_allocates_nothing()
    {
        TraceRecord[] records = [.. Ordinary, .. Constant];
        int said = Said(records, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        said += Said(records, Events / records.Length);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(said >= Constant.Length);
    }

    private static int Said(TraceRecord[] records, int times)
    {
        int said = 0;
        for (int i = 0; i < times; i++)
        {
            foreach (ref readonly TraceRecord record in records.AsSpan())
            {
                said += Closing.ReasonOf(in record) is null ? 0 : 1;
            }
        }

        return said;
    }
}
