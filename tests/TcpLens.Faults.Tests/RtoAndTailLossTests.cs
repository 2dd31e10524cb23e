using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class RtoAndTailLossTests
{
    private const int Connections = 24;

    [RootFact]
    [Scenario("rto-and-tail-loss", "many small requests over a lossy path, with tail loss probes switched off", "rto-and-tail-loss")]
    public void Small_requests_without_probes_wait_for_the_timeout()
    {
        using PathStage stage = new();
        stage.NearHost.SetSysctl("net.ipv4.tcp_early_retrans", "0");

        JsonElement finding = Requests(stage, loss: 0.2).AsAnnounced().Of("rto-and-tail-loss");

        Assert.Equal("warning", finding.Text("severity"));
        Assert.Contains("net.ipv4.tcp_early_retrans", finding.GetProperty("remedies").GetRawText(), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("rto-and-tail-loss", "the same with tail loss probes on and less loss")]
    public void Tail_loss_that_is_probed_for_needs_no_timeout()
    {
        using PathStage stage = new();

        Requests(stage, loss: 0.05).AsAnnounced();
    }

    private static Diagnosed Requests(PathStage stage, double loss)
    {
        stage.Connect(Connections);
        stage.Link.Set(LinkSide.Right, new Weather { Loss = loss });
        stage.Stream(Connections, octets: 100, everyMilliseconds: 300);
        return stage.DiagnoseNear("4s");
    }
}
