using TcpLens.Observation;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>The table that tells stalls apart, a row each: what is seen, and the one condition that is blamed.</summary>
public sealed class StallCauseTests
{
    private static readonly Dictionary<string, (Func<int, SocketRecord> Make, string Cause, string One, string Four)> Rows = new()
    {
        ["the peer is dead"] = (
            static i => MadeVitals.Connection(i).Unanswered(backoff: 6),
            "Unanswered", "slow-dead-peer-detection", "stalled-transmission"),
        ["the peer died with its window closed"] = (
            static i => MadeVitals.Connection(i).WindowClosed(seconds: 90, probes: 5, heardSecondsAgo: 40),
            "Unanswered", "slow-dead-peer-detection", "stalled-transmission"),
        ["the peer does not read"] = (
            static i => MadeVitals.Connection(i).WindowClosed(seconds: 30),
            "WindowClosed", "zero-window-peer", "zero-window-peer"),
        ["an answer to a probe is awaited"] = (
            static i => MadeVitals.Connection(i).WindowClosed(seconds: 30, probes: 1),
            "WindowClosed", "zero-window-peer", "zero-window-peer"),
        ["large packets vanish, the peer's duplicates come"] = (
            static i => MadeVitals.Connection(i).Unanswered(backoff: 5, segments: 10, octets: 1448, heardSecondsAgo: 0.1),
            "BigPacketsVanish", "mtu-blackhole", "mtu-blackhole"),
        ["large packets get no answer, and nothing comes"] = (
            static i => MadeVitals.Connection(i).Unanswered(backoff: 5, segments: 10, octets: 1448),
            "Unanswered", "slow-dead-peer-detection", "stalled-transmission"),
        ["small packets get no answer, though the peer lives"] = (
            static i => MadeVitals.Connection(i).Unanswered(backoff: 5, heardSecondsAgo: 0.1),
            "Unanswered", "slow-dead-peer-detection", "stalled-transmission"),
        ["a path that loses much"] = (
            static i => MadeVitals.Connection(i).Unanswered(backoff: 2, heardSecondsAgo: 0.1),
            "Loss", "", ""),
        ["a single loss"] = (
            static i => MadeVitals.Connection(i).Unanswered(backoff: 1),
            "Loss", "", ""),
        ["nothing to send"] = (
            static i => MadeVitals.Connection(i).Idle(seconds: 60),
            "Idle", "", ""),
        ["data under way"] = (
            static i => MadeVitals.Connection(i).Unanswered(backoff: 0, segments: 10, octets: 1448, heardSecondsAgo: 0.1),
            "None", "", ""),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_stall_has_one_cause(string row)
    {
        SocketRecord socket = Rows[row].Make(0);
        SocketEntry entry = socket.Entry;
        TcpVitals vitals = socket.Vitals!.Value;
        RemoteSigns remote = new(TimeSpan.FromMilliseconds(vitals.LastAckReceivedMilliseconds ?? 0), LargestPassedOctets: 300);

        Assert.Equal(Rows[row].Cause, StallCauses.Of(in entry, in vitals, remote, dropsHere: false).ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_stalled_connection_is_blamed_once(string row)
    {
        Assert.Equal(Rows[row].One, new ExaminationBuilder().Both(1, Rows[row].Make).Conditions());
        Assert.Equal(Rows[row].Four, new ExaminationBuilder().Both(4, Rows[row].Make).Conditions());
    }

    [Fact]
    public void What_does_not_leave_this_machine_is_blamed_on_it_alone()
        => Assert.Equal("local-drop", new ExaminationBuilder()
            .Both(4, static i => MadeVitals.Connection(i).Unanswered(backoff: 5))
            .Moved("TcpExt.TCPRetransFail", 12).Moved("Tcp.RetransSegs", 12)
            .Conditions());

    [Fact]
    public void A_black_hole_is_refuted_by_large_segments_that_passed_on_another_connection()
    {
        SocketRecord stuck = MadeVitals.Connection(0).Unanswered(backoff: 5, segments: 10, octets: 1448);
        SocketRecord other = MadeVitals.Connection(1).Idle(0.1).With(static vitals => vitals with { BytesAcked = 100_000, DataSegmentsSent = 70 });

        Assert.Equal("slow-dead-peer-detection", new ExaminationBuilder().Both(stuck, other).Conditions());
        Assert.Equal("mtu-blackhole", new ExaminationBuilder().Both(stuck, other.With(static vitals => vitals with { BytesAcked = 1000 })).Conditions());
    }

    [Fact]
    public void The_time_of_a_stall_is_the_sum_of_its_timeouts_at_least()
    {
        SocketRecord socket = MadeVitals.Connection().Unanswered(backoff: 3);   // 0.2 + 0.4 + 0.8 s are over, 1.6 s have just begun.
        SocketEntry entry = socket.Entry;
        TcpVitals vitals = socket.Vitals!.Value;
        Assert.Equal(1.4, StallCauses.StuckFor(in entry, in vitals).TotalSeconds, 3);

        SocketEntry late = entry with { TimerMilliseconds = 600 };
        Assert.Equal(2.4, StallCauses.StuckFor(in late, in vitals).TotalSeconds, 3);
    }
}
