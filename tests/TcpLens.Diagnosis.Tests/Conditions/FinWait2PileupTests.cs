using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class FinWait2PileupTests
{
    private const string Id = "fin-wait2-pileup";

    [Theory]
    [InlineData(99, 0, null)]
    [InlineData(100, 0, Severity.Notice)]
    [InlineData(100, 8, Severity.Warning)]
    public void Held_ones_are_a_warning_when_they_grow(int count, int grown, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder().Both(count - grown, Held).Now(grown, i => Held(1000 + i)).Find(Id)?.Severity);

    [Theory]
    [InlineData(249, null)]
    [InlineData(250, Severity.Notice)]
    [InlineData(750, Severity.Warning)]
    public void Those_without_an_owner_are_judged_by_the_room_of_time_wait(int count, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder().Setting("net.ipv4.tcp_max_tw_buckets", "1000").Both(count, Mini).Find(Id)?.Severity);

    [Fact]
    public void The_setting_offered_is_exact_and_can_be_taken_back()
    {
        Finding finding = new ExaminationBuilder().Setting("net.ipv4.tcp_max_tw_buckets", "1000").Both(300, Mini).Find(Id)!;
        Remedy remedy = finding.Remedies.Single(static remedy => remedy.Kind == RemedyKind.Setting);
        Assert.Equal([new SettingChange("net.ipv4.tcp_fin_timeout", "20")], remedy.Settings);
        Assert.Equal("net.ipv4.tcp_fin_timeout = 60", remedy.Undo);
    }

    private static SocketRecord Held(int i) => Made.Socket(TcpState.FinWait2, $"10.0.0.1:{20000 + i}", "10.0.0.2:80", Made.Java).Acked(300);

    private static SocketRecord Mini(int i)
    {
        SocketRecord socket = Made.Socket(TcpState.FinWait2, $"10.0.0.1:{20000 + i}", "10.0.0.2:80");
        return socket with { Entry = socket.Entry with { Kind = SocketKind.TimeWait, Timer = SocketTimer.TimeWait } };
    }
}
