using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class UnacceptedConnectionsTests
{
    private const string Id = "unaccepted-connections";

    [Theory]
    [InlineData(0.5, null)]
    [InlineData(2, Severity.Notice)]
    [InlineData(11, Severity.Warning)]
    public void It_is_as_bad_as_the_longest_wait(double seconds, Severity? severity)
        => Assert.Equal(severity, Listening().Now(Waiting(seconds)).Find(Id)?.Severity);

    [Theory]
    [InlineData('S', Severity.Notice)]
    [InlineData('T', Severity.Critical)]
    [InlineData('t', Severity.Critical)]
    public void A_stopped_process_is_critical(char state, Severity severity)
        => Assert.Equal(severity, Listening().Process(new ProcessFacts(Made.Nginx) { State = state }).Now(Waiting(2)).Find(Id)!.Severity);

    [Fact]
    public void A_socket_of_the_kernel_itself_has_no_listener() => Assert.Null(new ExaminationBuilder().Now(Waiting(100)).Find(Id));

    [Fact]
    public void Without_tcp_info_two_samples_tell_the_age_and_one_does_not()
    {
        SocketRecord blind = Waiting(100) with { Vitals = null };
        Assert.Equal(Severity.Notice, Listening().Both(blind).Find(Id)!.Severity);
        Assert.Contains("tcp_info", Assert.Single(Listening().Lasting(0).Now(blind).Examine(Id).Unchecked).Why);
    }

    private static ExaminationBuilder Listening() => new ExaminationBuilder().Both(Made.Socket(TcpState.Listen, "0.0.0.0:80", null, Made.Nginx, send: 128));

    private static SocketRecord Waiting(double seconds)
        => Made.Socket(TcpState.Established, "10.0.0.1:80", "10.0.0.7:5000") with { Vitals = new TcpVitals { LastDataSentMilliseconds = (uint)(seconds * 1000) } };
}
