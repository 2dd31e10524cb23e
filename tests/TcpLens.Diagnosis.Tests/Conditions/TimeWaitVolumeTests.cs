using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class TimeWaitVolumeTests
{
    [Theory]
    [InlineData(999, 131072, null)]
    [InlineData(1000, 131072, Severity.Info)]
    [InlineData(19, 30, null)]
    [InlineData(500, 1000, null)]
    [InlineData(501, 1000, Severity.Notice)]
    [InlineData(899, 1000, Severity.Notice)]
    [InlineData(900, 1000, null)] // time-wait-bucket-overflow has the word
    public void It_is_a_notice_only_against_the_room_there_is(int count, int room, Severity? severity)
        => Assert.Equal(severity, Waiting(count, room).Find("time-wait-volume")?.Severity);

    [Fact]
    public void Entries_that_were_thrown_away_are_another_condition()
        => Assert.Null(Waiting(700, 1000).Moved("TcpExt.TCPTimeWaitOverflow", 3).Find("time-wait-volume"));

    [Fact]
    public void Connections_that_were_accepted_are_told_from_those_that_were_opened()
    {
        ExaminationBuilder server = new ExaminationBuilder()
            .Now(Made.Socket(TcpState.Listen, "10.0.0.1:80", null, Made.Nginx, send: 511))
            .Now(1200, i => Made.Socket(TcpState.TimeWait, "10.0.0.1:80", $"10.0.1.{i % 250}:{2000 + i}"));

        Finding finding = server.Find("time-wait-volume")!;
        Assert.Contains("accepted here and closed by this side", finding.Summary);
        Assert.Contains("0 that it opened, 1,200 that it accepted", finding.Evidence[1].Text);
    }

    private static ExaminationBuilder Waiting(int count, int room) => new ExaminationBuilder()
        .Setting("net.ipv4.tcp_max_tw_buckets", $"{room}")
        .Counter("TcpExt.TCPTimeWaitOverflow", 0, 0)
        .Now(count, i => Made.Socket(TcpState.TimeWait, $"10.0.0.1:{33000 + i}", "10.0.0.2:80"));
}
