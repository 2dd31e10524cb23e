using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class CloseWaitLeakTests
{
    private const string Id = "close-wait-leak";

    [Theory]
    [InlineData(4, null)]
    [InlineData(5, Severity.Notice)]
    [InlineData(50, Severity.Notice)]
    [InlineData(100, Severity.Warning)]
    [InlineData(1000, Severity.Critical)]
    public void It_is_as_bad_as_its_share_of_the_descriptors(int count, Severity? severity)
        => Assert.Equal(severity, Leaking(count, secondsAgo: 90).Find(Id)?.Severity);

    [Fact]
    public void A_peer_that_closed_a_moment_ago_is_no_leak() => Assert.Null(Leaking(1000, secondsAgo: 3).Find(Id));

    [Fact]
    public void Patience_is_the_users() => Assert.Equal(Severity.Notice, Leaking(8, secondsAgo: 3).Find(Id, patience: 0.04)!.Severity);

    [Theory]
    [InlineData(2000, 100, Severity.Warning)]  // 1,880 descriptors left, a few a second
    [InlineData(200, 150, Severity.Critical)]  // 30 left
    public void A_leak_that_grows_is_judged_by_when_descriptors_run_out(int limit, int open, Severity severity)
        => Assert.Equal(severity, new ExaminationBuilder()
            .Process(new ProcessFacts(Made.Java) { DescriptorLimit = limit, Descriptors = open + 10, DescriptorsBefore = open })
            .Both(20, Leaked(90))
            .Now(10, i => Leaked(1)(50 + i))
            .Find(Id)!.Severity);

    [Fact]
    public void A_limit_that_is_unknown_is_said()
        => Assert.Contains("the limit of descriptors is unknown", new ExaminationBuilder().Both(60, Leaked(90)).Find(Id)!.Reason);

    [Fact]
    public void A_connection_on_which_octets_are_still_acknowledged_is_in_use()
    {
        SocketRecord[] then = [.. Enumerable.Range(0, 10).Select(Leaked(90)).Select(static socket => socket with { Vitals = socket.Vitals!.Value with { BytesAcked = 1000 } })];
        ExaminationBuilder machine = new ExaminationBuilder().Before(then).Now([.. then.Select(static socket => socket with { Vitals = socket.Vitals!.Value with { BytesAcked = 2000 } })]);
        Assert.Null(machine.Find(Id));
    }

    [Fact]
    public void Without_tcp_info_it_says_that_ages_are_unknown()
        => Assert.Contains("tcp_info", Assert.Single(new ExaminationBuilder().Both(10, i => Made.Socket(TcpState.CloseWait, $"10.0.0.1:{20000 + i}", "10.0.0.2:80", Made.Java)).Examine(Id).Unchecked).Why);

    private static ExaminationBuilder Leaking(int count, double secondsAgo) => new ExaminationBuilder()
        .Process(new ProcessFacts(Made.Java) { DescriptorLimit = 2000, Descriptors = count + 20 })
        .Both(count, Leaked(secondsAgo));

    private static Func<int, SocketRecord> Leaked(double secondsAgo)
        => i => Made.Socket(TcpState.CloseWait, $"10.0.0.1:{20000 + i}", "10.0.0.2:5432", Made.Java).Acked(secondsAgo);
}
