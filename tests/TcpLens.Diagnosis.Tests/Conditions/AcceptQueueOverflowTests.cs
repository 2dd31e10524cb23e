using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class AcceptQueueOverflowTests
{
    private const string Id = "accept-queue-overflow";

    [Theory]
    [InlineData(128, 0, null)] // full to its limit
    [InlineData(129, 0, Severity.Critical)]
    [InlineData(129, 7, Severity.Critical)]
    [InlineData(0, 7, Severity.Warning)]
    public void It_is_critical_while_the_queue_is_over_its_limit(uint length, int dropped, Severity? severity)
        => Assert.Equal(severity, Listening(length, dropped).Find(Id)?.Severity);

    [Fact]
    public void A_setting_is_offered_only_where_it_is_the_cap()
    {
        Assert.DoesNotContain(Listening(129, 7).Find(Id)!.Remedies, static remedy => remedy.Kind == RemedyKind.Setting);
        Remedy remedy = Listening(129, 7).Setting("net.core.somaxconn", "128").Find(Id)!.Remedies.Single(static remedy => remedy.Kind == RemedyKind.Setting);
        Assert.Equal(("4096", "net.core.somaxconn = 128"), (remedy.Settings[0].Value, remedy.Undo));
    }

    [Fact]
    public void Without_drop_counters_the_listener_is_unknown_and_that_is_said()
    {
        DoctorReport report = new ExaminationBuilder().Both(Made.Socket(TcpState.Listen, "0.0.0.0:80", null, Made.Nginx, send: 128)).Moved("TcpExt.ListenOverflows", 7).Examine(Id);
        Assert.Equal(Severity.Warning, Assert.Single(report.Findings).Severity);
        Assert.Contains("which listener overflowed", Assert.Single(report.Unchecked).Why);
    }

    [Theory]
    [InlineData(5, Severity.Info)]
    [InlineData(0, Severity.Notice)]
    public void What_was_before_is_a_notice_only_when_nobody_saw_it_stand_still(double seconds, Severity severity)
        => Assert.Equal(severity, new ExaminationBuilder().Lasting(seconds).Counter("TcpExt.ListenOverflows", 70, 70).Find(Id)!.Severity);

    private static ExaminationBuilder Listening(uint length, int dropped)
    {
        SocketRecord then = Made.Socket(TcpState.Listen, "0.0.0.0:80", null, Made.Nginx, receive: length, send: 128).Dropped(1000);
        return new ExaminationBuilder().Before(then).Now(then.Dropped((uint)(1000 + dropped))).Counter("TcpExt.ListenOverflows", 0, dropped);
    }
}
