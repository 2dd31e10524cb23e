using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class SynFloodTests
{
    private const string Id = "syn-flood";

    [Theory]
    [InlineData(1000, 900, 3, "small backlog")]
    [InlineData(1000, 20, 3, "forged sources")]
    [InlineData(1000, 400, 3, "an attack among real clients")]
    [InlineData(1000, 400, 0, "small backlog")] // the queue moves: the window saw the beginning
    [InlineData(10, 0, 3, "too few cookies")]
    public void Cookies_that_come_back_tell_an_attack_from_load(int sent, int received, byte repeats, string words)
        => Assert.Contains(words, Flooded(sent, received, repeats).Find(Id)!.Summary);

    [Theory]
    [InlineData(100, Severity.Warning)]
    [InlineData(6000, Severity.Critical)]
    public void It_is_as_bad_as_its_rate(int sent, Severity severity) => Assert.Equal(severity, Flooded(sent, 0, 3).Find(Id)!.Severity);

    [Fact]
    public void Without_cookies_SYNs_are_dropped_and_the_setting_is_the_culprit()
    {
        Finding finding = new ExaminationBuilder().Setting("net.ipv4.tcp_syncookies", "0").Moved("TcpExt.ListenDrops", 80).Moved("TcpExt.ListenOverflows", 30).Find(Id)!;
        Assert.Equal(Severity.Critical, finding.Severity);
        Assert.Contains("50 SYNs", finding.Summary);
        Assert.Contains(finding.Culprits, static culprit => culprit is { Kind: CulpritKind.Setting, Name: "net.ipv4.tcp_syncookies" });
    }

    [Fact]
    public void A_full_accept_queue_is_another_condition()
        => Assert.Null(new ExaminationBuilder().Moved("TcpExt.ListenDrops", 80).Moved("TcpExt.ListenOverflows", 80).Find(Id));

    [Fact]
    public void A_cookie_for_every_SYN_by_setting_is_no_flood()
        => Assert.Null(Flooded(1000, 1000, 0).Setting("net.ipv4.tcp_syncookies", "2").Find(Id));

    [Fact]
    public void What_was_before_is_told_and_judged_no_more()
        => Assert.Equal(Severity.Info, new ExaminationBuilder().Counter("TcpExt.TCPReqQFullDoCookies", 40, 40).Find(Id)!.Severity);

    private static ExaminationBuilder Flooded(int sent, int received, byte repeats) => new ExaminationBuilder()
        .Moved("TcpExt.TCPReqQFullDoCookies", sent).Moved("TcpExt.SyncookiesSent", sent).Moved("TcpExt.SyncookiesRecv", received)
        .Both(Made.Socket(TcpState.Listen, "10.0.0.1:80", null, Made.Nginx, send: 16))
        .Now(17, i => Made.Socket(TcpState.SynReceived, "10.0.0.1:80", $"10.0.5.{i}:2000").Repeating(repeats));
}
