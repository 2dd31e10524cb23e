namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class MissingKeepaliveTests
{
    private const string Id = "missing-keepalive";

    [Theory]
    [InlineData(3, 200, null)]
    [InlineData(2, 400, Severity.Info)]
    [InlineData(3, 400, Severity.Notice)]
    public void Some_minutes_of_silence_on_several_connections_are_a_notice(int count, double seconds, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder().Both(count, i => MadeVitals.Connection(i).Idle(seconds)).Find(Id)?.Severity);

    [Fact]
    public void Suspects_are_not_counted_twice()
    {
        ExaminationBuilder machine = new ExaminationBuilder().Both(5, i => MadeVitals.Connection(i).Idle(8000));
        Assert.Equal("half-open-suspect", machine.Conditions());
    }

    [Fact]
    public void Resets_of_idle_connections_make_it_a_warning()
        => Assert.Equal(Severity.Warning, new ExaminationBuilder()
            .Both(1, i => MadeVitals.Connection(i).Idle(400))
            .Before([.. Enumerable.Range(10, 3).Select(static i => MadeVitals.Connection(i).Idle(400))])
            .Moved("Tcp.EstabResets", 3)
            .Find(Id)!.Severity);

    [Fact]
    public void The_remedy_knows_the_value_to_go_back_to()
    {
        Finding finding = new ExaminationBuilder().Setting("net.ipv4.tcp_keepalive_time", "7200").Both(3, i => MadeVitals.Connection(i).Idle(400)).Find(Id)!;
        Assert.Equal("net.ipv4.tcp_keepalive_time = 7200", Assert.Single(finding.Remedies, static remedy => remedy.Settings.Count > 0).Undo);
    }
}
