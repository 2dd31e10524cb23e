using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class SynSentPileupTests
{
    private const string Id = "syn-sent-pileup";

    [Theory]
    [InlineData(4, Severity.Info)]
    [InlineData(5, Severity.Notice)]
    [InlineData(20, Severity.Warning)]
    public void It_is_judged_by_destination(int count, Severity severity)
        => Assert.Equal(severity, Busy().Both(count, Unanswered).Find(Id)!.Severity);

    [Fact]
    public void A_program_that_has_nothing_else_is_blocked()
        => Assert.Equal(Severity.Warning, new ExaminationBuilder().Both(5, Unanswered).Find(Id)!.Severity);

    [Fact]
    public void A_SYN_repeated_once_is_only_late()
        => Assert.Null(new ExaminationBuilder().Both(50, static i => Made.Socket(TcpState.SynSent, $"10.0.0.1:{40000 + i}", "10.0.0.2:80", Made.Java).Repeating(1)).Find(Id));

    [Theory]
    [InlineData(100, 60, Severity.Critical)]
    [InlineData(100, 40, Severity.Notice)]
    [InlineData(10, 10, Severity.Notice)]
    public void Most_connections_failing_makes_it_critical(int opens, int fails, Severity severity)
        => Assert.Equal(severity, Busy().Both(6, Unanswered).Moved("Tcp.ActiveOpens", opens).Moved("Tcp.AttemptFails", fails).Find(Id)!.Severity);

    [Theory]
    [InlineData(3, 4, "3 s")]
    [InlineData(6, 4, "7 s")]
    [InlineData(10, 4, "67 s")]
    [InlineData(3, null, "7 s")] // before 6.5 every wait doubled
    public void The_wait_follows_from_the_repeats(byte repeats, int? linear, string wait)
    {
        Finding finding = Busy().Setting("net.ipv4.tcp_syn_linear_timeouts", linear?.ToString()).Both(5, i => Unanswered(i).Repeating(repeats)).Find(Id)!;
        Assert.Contains($"the oldest for {wait}:", finding.Summary);
    }

    [Theory]
    [InlineData(10, 10, 0, "drops its own SYNs")]
    [InlineData(0, 0, 5, "does not answer ARP")]
    [InlineData(10, 0, 0, "dropped on the way")]
    public void Counters_tell_who_drops(int repeated, int failed, int queued, string words)
        => Assert.Contains(words, Busy().Both(6, Unanswered).Moved("TcpExt.TCPSynRetrans", repeated)
            .Moved("TcpExt.TCPRetransFail", failed).Moved("TcpExt.TCPSpuriousRtxHostQueues", queued).Find(Id)!.Summary);

    [Fact]
    public void One_program_and_many_destinations_are_one_finding()
    {
        DoctorReport report = Busy().Both(30, static i => Made.Socket(TcpState.SynSent, $"10.0.0.1:{40000 + i}", $"10.0.3.{i}:445", Made.Java).Repeating(2)).Examine(Id);
        Finding finding = Assert.Single(report.Findings);
        Assert.Equal(("java/77", Severity.Warning), (finding.Subject, finding.Severity));
        Assert.Contains("30 different destinations", finding.Summary);
    }

    [Fact]
    public void A_listener_of_this_host_with_a_full_queue_is_the_cause()
    {
        Finding finding = Busy().Both(Made.Socket(TcpState.Listen, "0.0.0.0:80", null, Made.Nginx, receive: 2, send: 1))
            .Interface(new InterfaceFacts(2, "eth0", 1500) { Addresses = [HostAddress.V4(0x0a000002)] })
            .Both(6, Unanswered).Find(Id)!;
        Assert.Contains(finding.Culprits, static culprit => culprit is { Kind: CulpritKind.Listener, Name: "0.0.0.0:80" });
        Assert.Equal(Confidence.Sure, finding.Confidence);
    }

    /// <summary>The program has a connection that works.</summary>
    private static ExaminationBuilder Busy() => new ExaminationBuilder().Both(Made.Socket(TcpState.Established, "10.0.0.1:39999", "10.0.0.9:80", Made.Java));

    private static SocketRecord Unanswered(int i) => Made.Socket(TcpState.SynSent, $"10.0.0.1:{40000 + i}", "10.0.0.2:80", Made.Java).Repeating(2);
}
