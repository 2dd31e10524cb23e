using TcpLens.Observation;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>Busy connections: what limits them, what delays them, what makes them start slowly.</summary>
public sealed class FlowTests
{
    [Theory]
    [InlineData(4.9, 0, 0.0, "receive-window", Severity.Notice)]
    [InlineData(2.0, 1.2, 0.0, "send-buffer", Severity.Notice)]
    [InlineData(0.0, 0, 0.0, "network", Severity.Info)]
    [InlineData(0.0, 0, 0.02, "network", Severity.Notice)]
    public void The_limit_is_what_the_busy_time_was_spent_on(double windowSeconds, double bufferSeconds, double lossShare, string limit, Severity severity)
    {
        SocketRecord flow = MadeVitals.Connection().With(static vitals => vitals with { BytesAcked = 1, BytesSent = 1, BytesRetransmitted = 0, BusyMicroseconds = 0, ReceiveWindowLimitedMicroseconds = 0, SendBufferLimitedMicroseconds = 0, UnackedSegments = 100, CongestionWindowSegments = 100, MinRttMicroseconds = 20_000 });
        Finding finding = new ExaminationBuilder().Before(flow).Now(flow.With(vitals => vitals with
        {
            BytesAcked = 5_000_000,
            BytesSent = 5_000_000,
            BytesRetransmitted = (ulong)(5_000_000 * lossShare),
            BusyMicroseconds = 5_000_000,
            ReceiveWindowLimitedMicroseconds = (ulong)(windowSeconds * 1e6),
            SendBufferLimitedMicroseconds = (ulong)(bufferSeconds * 1e6),
        })).Find("throughput-limiter")!;
        Assert.Equal(($"nginx/12:{limit}", severity), (finding.Subject!, finding.Severity));
    }

    [Fact]
    public void A_kernel_that_keeps_no_account_is_not_guessed_at()
    {
        SocketRecord flow = MadeVitals.Connection().With(static vitals => vitals with { BytesAcked = 1, UnackedSegments = 10, CongestionWindowSegments = 10 });
        Assert.Null(new ExaminationBuilder().Before(flow).Now(flow.With(static vitals => vitals with { BytesAcked = 5_000_000 })).Find("throughput-limiter"));
    }

    [Theory]
    [InlineData(1, 60, null)]
    [InlineData(2, 60, null)]
    [InlineData(2, 200, Severity.Notice)]
    [InlineData(2, 700, Severity.Warning)]
    [InlineData(1, 200, null)]
    public void A_queue_is_long_when_round_trips_are_many_times_the_shortest(int flows, uint milliseconds, Severity? severity)
    {
        SocketRecord[] then = [.. Enumerable.Range(0, flows).Select(i => MadeVitals.Connection(i).Unanswered(0, segments: 50, octets: 1448).With(vitals => vitals with { Retransmits = 0, RttMicroseconds = milliseconds * 1000, MinRttMicroseconds = 10_000, BytesAcked = 1000, BytesSent = 1000, BusyMicroseconds = 3_000_000 }))];
        SocketRecord[] now = [.. then.Select(static flow => flow.With(static vitals => vitals with { BytesAcked = 500_000, BytesSent = 500_000 }))];
        Assert.Equal(severity, new ExaminationBuilder().Before(then).Now(now).Find("bufferbloat")?.Severity);
    }

    [Theory]
    [InlineData(9, 5, null)]
    [InlineData(12, 0, Severity.Info)]
    [InlineData(12, 5, Severity.Notice)]
    public void Only_windows_that_were_seen_to_fall_are_a_notice(int idle, int fallen, Severity? severity)
    {
        SocketRecord[] then = [.. Enumerable.Range(0, idle).Select(static i => MadeVitals.Connection(i).Idle(10).With(static vitals => vitals with { RttMicroseconds = 40_000, CongestionWindowSegments = 100, RetransmissionTimeoutMicroseconds = 240_000, BytesSent = 100_000 }) with { CongestionControl = "cubic" })];
        SocketRecord[] now = [.. then.Select((flow, i) => i >= fallen ? flow : flow.Idle(1).With(static vitals => vitals with { CongestionWindowSegments = 10, BytesSent = 150_000 }))];
        Assert.Equal(severity, new ExaminationBuilder().Setting("net.ipv4.tcp_slow_start_after_idle", "1").Before(then).Now(now).Find("slow-start-after-idle")?.Severity);
    }
}
