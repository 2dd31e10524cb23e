using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class EphemeralPortExhaustionTests
{
    private const string Id = "ephemeral-port-exhaustion";

    [Theory]
    [InlineData(59, null)]
    [InlineData(60, Severity.Notice)]
    [InlineData(80, Severity.Warning)]
    [InlineData(95, Severity.Critical)]
    public void It_is_as_bad_as_its_share_of_the_ports(int count, Severity? severity)
        => Assert.Equal(severity, Range(100).Both(count, To("10.0.0.2:5432")).Find(Id)?.Severity);

    [Fact]
    public void The_end_is_foretold_when_the_growth_reaches_it_within_a_minute()
    {
        Finding finding = Range(1000).Both(300, To("10.0.0.2:5432")).Now(100, i => To("10.0.0.2:5432")(300 + i)).Find(Id)!;
        Assert.Equal(Severity.Critical, finding.Severity);
        Assert.Contains("the last is taken in 30 s", finding.Reason);
        Assert.Equal(20, finding.Evidence[1].PerSecond);
    }

    [Theory]
    [InlineData(300, 10)] // 690 ports left at 2 a second
    [InlineData(50, 50)]  // a burst from nothing
    public void A_growth_that_leaves_time_is_no_finding(int before, int grown)
        => Assert.Null(Range(1000).Both(before, To("10.0.0.2:5432")).Now(grown, i => To("10.0.0.2:5432")(before + i)).Find(Id));

    [Fact]
    public void One_sample_has_no_growth() => Assert.Null(Range(1000).Lasting(0).Now(400, To("10.0.0.2:5432")).Find(Id));

    [Fact]
    public void Listeners_and_reserved_ports_take_their_share_of_the_range()
    {
        Finding finding = Range(100).Setting("net.ipv4.ip_local_reserved_ports", "40000-40009")
            .Both(10, static i => Made.Socket(TcpState.Listen, $"0.0.0.0:{40010 + i}", null, Made.Nginx, send: 128))
            .Both(64, static i => Made.Socket(TcpState.Established, $"10.0.0.1:{40020 + i}", "10.0.0.2:5432", Made.Java))
            .Find(Id)!;
        Assert.Contains("80 % of 80 ports", finding.Reason);
        Assert.Contains("100 ports from 40000-40099, 10 of them reserved or left out, 10 bound or listening: 80", finding.Evidence[2].Text);
    }

    [Theory]
    [InlineData("2", "127.0.0.1:80", "1", false)]
    [InlineData("2", "10.0.0.2:80", "1", true)]
    [InlineData("1", "10.0.0.2:80", "1", false)]
    [InlineData("1", "10.0.0.2:80", "0", true)]
    [InlineData("0", "127.0.0.1:80", "1", true)]
    public void Time_wait_counts_where_connect_cannot_take_it_over(string reuse, string remote, string timestamps, bool isFound)
    {
        string local = remote.Split(':')[0];
        ExaminationBuilder machine = Range(100).Setting("net.ipv4.tcp_tw_reuse", reuse).Setting("net.ipv4.tcp_timestamps", timestamps)
            .Both(99, i => Ending(Made.Socket(TcpState.TimeWait, $"{local}:{40000 + i}", remote), 30_000));
        Assert.Equal(isFound, machine.Find(Id) is not null);
    }

    [Fact]
    public void A_port_is_taken_over_only_after_a_second()
        => Assert.NotNull(Range(100).Both(99, static i => Ending(Made.Socket(TcpState.TimeWait, $"127.0.0.1:{40000 + i}", "127.0.0.1:80"), 59_500)).Find(Id));

    [Fact]
    public void Its_cause_is_what_most_of_the_ports_are_in()
    {
        Assert.Equal(["time-wait-volume"], Range(100).Both(90, i => Made.Socket(TcpState.TimeWait, $"10.0.0.1:{40000 + i}", "10.0.0.2:80")).Find(Id)!.ExplainedBy);
        Assert.Equal(["close-wait-leak"], Range(100).Both(90, i => Made.Socket(TcpState.CloseWait, $"10.0.0.1:{40000 + i}", "10.0.0.2:80", Made.Java)).Find(Id)!.ExplainedBy);
        Assert.Empty(Range(100).Both(90, To("10.0.0.2:80")).Find(Id)!.ExplainedBy!);
    }

    [Fact]
    public void A_wider_range_reserves_the_ports_of_services_in_the_same_step()
    {
        Finding finding = Range(100).Setting("net.ipv4.ip_local_reserved_ports", "40000")
            .Both(Made.Socket(TcpState.Listen, "0.0.0.0:15432", null, Made.Java, send: 128))
            .Both(90, i => Made.Socket(TcpState.Established, $"10.0.0.1:{40001 + i}", "10.0.0.2:80", Made.Java))
            .Find(Id)!;
        Remedy remedy = finding.Remedies.Single(static remedy => remedy.Settings.Count == 2);
        Assert.Equal([new SettingChange("net.ipv4.ip_local_port_range", "15000 64999"), new SettingChange("net.ipv4.ip_local_reserved_ports", "40000,15432")], remedy.Settings);
        Assert.Equal("net.ipv4.ip_local_port_range = 40000 40099, net.ipv4.ip_local_reserved_ports = 40000", remedy.Undo);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)] // even ports only, as connect() chooses them, shared by all destinations
    public void Ports_bound_before_connecting_run_out_for_all_destinations(int step, bool isFound)
    {
        Finding? finding = Range(100).Both(90, i => Made.Socket(TcpState.Established, $"10.0.0.1:{40000 + (i * step % 100)}", $"10.0.1.{i % 9}:443", Made.Java)).Find(Id);
        Assert.Equal(isFound, finding is { Subject: "bind-before-connect", Severity: Severity.Warning, Confidence: Confidence.Likely });
        Assert.Equal(isFound, finding is not null);
    }

    [Fact]
    public void An_unknown_range_is_said()
        => Assert.Contains("ip_local_port_range is unknown", Assert.Single(new ExaminationBuilder().Setting("net.ipv4.ip_local_port_range", null).Examine(Id).Unchecked).Why);

    private static ExaminationBuilder Range(int ports) => new ExaminationBuilder().Setting("net.ipv4.ip_local_port_range", $"40000\t{40000 + ports - 1}");

    private static Func<int, SocketRecord> To(string remote) => i => Made.Socket(TcpState.Established, $"10.0.0.1:{40000 + i}", remote, Made.Java);

    private static SocketRecord Ending(SocketRecord socket, uint milliseconds) => socket with { Entry = socket.Entry with { TimerMilliseconds = milliseconds } };
}
