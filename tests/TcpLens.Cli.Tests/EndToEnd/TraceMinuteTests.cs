using System.Net;
using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>What takes a minute, which nothing can make shorter (TCP_TIMEWAIT_LEN).</summary>
public sealed class TraceMinuteTests
{
    private static readonly TimeSpan LongestMinute = TimeSpan.FromSeconds(90);

    /// <summary>Kernels move such timers together in steps of seconds, so the end may come some seconds later.</summary>
    [RootFact]
    public void Time_wait_and_an_orphan_in_fin_wait2_are_told_to_end_after_a_minute()
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        using LiveTool trace = new(ns, "trace", "--json");
        using LiveTool matrix = new(ns, "trace", "--matrix", "--json", "--interval", "1s");
        Until.True(
            () => client.Try(static puppet => puppet.Connect("refused", new IPEndPoint(IPAddress.Loopback, 9))) is not null
                && trace.Lines.Length > 0 && matrix.Lines.Length > 0,
            "both must be at work");
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0));
        IPEndPoint ended = client.Connect("c", at);
        server.Accept("s", "l");
        client.Close("c");
        server.Close("s");
        IPEndPoint orphan = client.Connect("d", at);
        server.Accept("kept", "l");
        client.Close("d");

        Until.True(() => trace.Lines.Count(IsEndOfMiniSocket) == 2, "both must end", LongestMinute);
        Until.True(() => Counted(matrix, "time_wait") + Counted(matrix, "fin_wait2") == 2, "both must be counted");
        JsonElement[] ends = [.. trace.Lines.Where(IsEndOfMiniSocket).Select(Tool.Parse)];
        Assert.Equal(
            new[] { (ended.Port, "time_wait", (string?)null), (orphan.Port, "fin_wait2", "the peer's FIN never came (tcp_fin_timeout)") }.Order(),
            ends.Select(static end => (end.GetProperty("local_port").GetInt32(), end.Text("old_state")!, end.Text("reason"))).Order());
        Assert.All(ends, end =>
        {
            Assert.InRange(end.GetProperty("in_old_state_ns").GetInt64() / 1e9, 59.9, LongestMinute.TotalSeconds);
            Assert.Equal(client.Pid, end.GetProperty("pid").GetInt32());
        });
        Assert.Equal((1, 1), (Counted(matrix, "time_wait"), Counted(matrix, "fin_wait2")));
    }

    /// <summary>Asked every few milliseconds for a minute, so the line is not parsed.</summary>
    private static bool IsEndOfMiniSocket(string line) => line.Contains("\"mini_socket\"") && line.Contains("\"new_state\":\"close\"");

    /// <summary>Changes to CLOSED, over all intervals.</summary>
    private static int Counted(LiveTool matrix, string state) => matrix.Lines.Select(Tool.Parse)
        .Where(static block => !block.GetProperty("is_total").GetBoolean())
        .SelectMany(static block => block.Items("transitions"))
        .Where(pair => pair.Text("old_state") == state && pair.Text("new_state") == "close")
        .Sum(static pair => pair.GetProperty("count").GetInt32());
}
