using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class ZeroWindowPeerTests
{
    private const string Id = "zero-window-peer";

    [Theory]
    [InlineData(5, null)]
    [InlineData(12, Severity.Notice)]
    [InlineData(70, Severity.Warning)]
    public void It_is_as_bad_as_the_window_is_closed_for_long(double seconds, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder().Both(1, i => MadeVitals.Connection(i).WindowClosed(seconds)).Find(Id)?.Severity);

    [Theory]
    [InlineData(3, 30, Severity.Notice)]
    [InlineData(3, 20, Severity.Warning)]
    public void Where_many_clients_of_a_server_do_it_it_is_a_warning(int closed, int others, Severity severity)
    {
        Finding finding = new ExaminationBuilder()
            .Both(Made.Socket(TcpState.Listen, "10.0.0.1:80", process: Made.Nginx, send: 128))
            .Both(closed, static i => Client(i).WindowClosed(12))
            .Both(others, static i => Client(100 + i).Idle(1))
            .Find(Id)!;
        Assert.Equal((severity, "10.0.0.1:80"), (finding.Severity, finding.Subject));
    }

    [Fact]
    public void On_this_host_the_reader_is_named()
    {
        SocketRecord writer = (Made.Socket(TcpState.Established, "127.0.0.1:50000", "127.0.0.1:80", Made.Nginx) with { Vitals = new TcpVitals() }).WindowClosed(12);
        SocketRecord reader = Made.Socket(TcpState.Established, "127.0.0.1:80", "127.0.0.1:50000", Made.Java);
        Assert.Contains(new Culprit(CulpritKind.Process, "java/77", "does not read"), new ExaminationBuilder().Both(writer, reader).Find(Id)!.Culprits);
    }

    private static SocketRecord Client(int number)
        => Made.Socket(TcpState.Established, "10.0.0.1:80", $"10.0.9.1:{20000 + number}", Made.Nginx) with { Vitals = new TcpVitals() };
}
