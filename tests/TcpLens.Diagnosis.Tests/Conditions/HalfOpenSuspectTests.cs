using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class HalfOpenSuspectTests
{
    private const string Id = "half-open-suspect";

    [Theory]
    [InlineData(7000, null)]
    [InlineData(7300, Severity.Notice)]
    public void Two_hours_of_silence_are_suspicious(double seconds, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder().Both(1, i => MadeVitals.Connection(i).Idle(seconds)).Find(Id)?.Severity);

    [Theory]
    [InlineData(4, 1, 0, Severity.Warning)]
    [InlineData(4, 1, 100, Severity.Notice)]  // 4 of 105
    [InlineData(4, 2, 0, null)]               // a pool, half in use
    [InlineData(2, 1, 0, null)]               // too few
    public void Silent_connections_beside_one_in_use_were_left_behind(int silent, int inUse, int others, Severity? severity)
        => Assert.Equal(severity, Server(silent, inUse, others).Find(Id)?.Severity);

    [Fact]
    public void Near_the_limit_of_descriptors_it_is_critical()
        => Assert.Equal(Severity.Critical, Server(4, 1, 0).Process(new ProcessFacts(Made.Nginx) { Descriptors = 900, DescriptorLimit = 1024 }).Find(Id)!.Severity);

    [Fact]
    public void A_peer_on_this_host_without_its_end_is_gone_for_certain()
    {
        Finding finding = new ExaminationBuilder().Both(3, i => Client(i).Idle(1000)).Find(Id)!;
        Assert.Equal((Severity.Warning, Confidence.Sure), (finding.Severity, finding.Confidence));
    }

    [Fact]
    public void A_peer_behind_a_local_redirection_is_there()
        => Assert.Null(new ExaminationBuilder()
            .Both(3, i => Client(i).Idle(10_000))
            .Both(3, i => Made.Socket(TcpState.Established, "127.0.0.1:8080", $"127.0.0.1:{50000 + i}", Made.Java) with { Vitals = new TcpVitals() })
            .Find(Id));

    [Fact]
    public void Keep_alive_hides_nothing()
        => Assert.Null(new ExaminationBuilder().Both(4, i => MadeVitals.Connection(i).Idle(90_000).Repeating(0, SocketTimer.KeepAlive)).Find(Id));

    [Fact]
    public void Without_tcp_info_it_says_so()
        => Assert.Contains("tcp_info", Assert.Single(new ExaminationBuilder().Both(1, i => MadeVitals.Connection(i) with { Vitals = null }).Examine(Id).Unchecked).Why);

    private static SocketRecord Client(int number)
        => Made.Socket(TcpState.Established, $"127.0.0.1:{50000 + number}", "127.0.0.1:80", Made.Nginx) with { Vitals = new TcpVitals() };

    /// <summary>A server with connections of one address, silent for 20 minutes or in use, and those of others.</summary>
    private static ExaminationBuilder Server(int silent, int inUse, int others) => new ExaminationBuilder()
        .Both(Made.Socket(TcpState.Listen, "10.0.0.1:80", process: Made.Nginx, send: 128))
        .Both(silent, static i => From("10.0.9.1", i).Idle(1200))
        .Both(inUse, static i => From("10.0.9.1", 1000 + i).Idle(1))
        .Both(others, static i => From("10.0.9.2", 2000 + i).Idle(1));

    private static SocketRecord From(string address, int number)
        => Made.Socket(TcpState.Established, "10.0.0.1:80", $"{address}:{20000 + number}", Made.Nginx) with { Vitals = new TcpVitals() };
}
