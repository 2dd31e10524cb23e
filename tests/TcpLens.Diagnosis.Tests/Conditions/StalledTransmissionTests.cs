namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class StalledTransmissionTests
{
    private const string Id = "stalled-transmission";

    [Theory]
    [InlineData(2, 0, null)]
    [InlineData(3, 0, Severity.Critical)]
    [InlineData(3, 20, Severity.Warning)]
    [InlineData(3, 60, Severity.Notice)]
    public void It_is_as_bad_as_its_share_of_the_connections(int stuck, int answered, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder()
            .Both(stuck, static i => MadeVitals.Connection(i).Unanswered(5))
            .Both(answered, static i => MadeVitals.Connection(100 + i).Idle(1))
            .Find(Id)?.Severity);

    [Fact]
    public void Hosts_of_one_network_are_one_finding()
        => Assert.Equal("10.0.9.0/24", new ExaminationBuilder().Both(3, static i => MadeVitals.Connection(i, $"10.0.9.{i + 1}").Unanswered(5)).Find(Id)!.Subject);

    [Fact]
    public void Hosts_of_different_networks_are_not()
        => Assert.Null(new ExaminationBuilder().Both(3, static i => MadeVitals.Connection(i, $"10.0.{i}.1").Unanswered(5)).Find(Id));

    [Fact]
    public void An_ipv6_network_has_64_bits()
        => Assert.Equal("2001:db8:1:2::/64", new ExaminationBuilder().Both(3, static i => Made.Socket(Protocol.TcpState.Established, $"[2001:db8::1]:{50000 + i}", $"[2001:db8:1:2::{i + 1}]:443", Made.Nginx)
            .WithVitals().Unanswered(5)).Find(Id)!.Subject);

    [Fact]
    public void It_stands_under_what_this_machine_drops()
        => Assert.Equal(["conntrack-full"], Doctor.Examine(
            new ExaminationBuilder().Setting("net.netfilter.nf_conntrack_max", "1000").Counter("conntrack.entries", 1000, 1000).Moved("conntrack.drop", 100)
                .Both(4, static i => MadeVitals.Connection(i).Unanswered(5)).Build(),
            new DoctorOptions { Only = [Id, "conntrack-full"] }).Findings.Select(static finding => finding.Condition.Id));
}
