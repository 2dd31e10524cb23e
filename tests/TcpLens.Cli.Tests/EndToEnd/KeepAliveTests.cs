using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>Keep-alive as the sockets themselves have it, and as far as it can be inferred where they may not be asked.</summary>
public sealed class KeepAliveTests
{
    private const int TcpUserTimeout = 18;

    [RootFact]
    public void Sockets_that_may_be_asked_tell_their_exact_times()
    {
        using var ns = new TestNamespace();
        using LiveConnections connections = Make(ns);
        JsonElement document = Tool.Json(ns, "keepalive", "--each", "dport", connections.Port);
        Dictionary<string, JsonElement> sockets = document.Items("sockets").ToDictionary(socket => socket.GetProperty("local_port").ToString());

        Assert.Equal((3, 2, 1, 0, 3), (Number(document, "connections"), Number(document, "on"), Number(document, "off"), Number(document, "unknown"), Number(document, "asked")));
        Assert.Empty(document.Items("inferred"));
        AssertTimes(sockets[LiveConnections.PortOf(connections.Clients[0])], "on", 60, 10, 3, userTimeout: 0, noticedAfter: 90);
        AssertTimes(sockets[LiveConnections.PortOf(connections.Clients[1])], "on", 7200, 75, 9, userTimeout: 20_000, noticedAfter: 7275);
        Assert.Equal("off", sockets[LiveConnections.PortOf(connections.Clients[2])].Text("keepalive"));
        Assert.Equal(JsonValueKind.Null, sockets[LiveConnections.PortOf(connections.Clients[2])].GetProperty("noticed_after_seconds").ValueKind);
    }

    [RootFact]
    public void Without_the_right_to_ask_the_timers_tell_a_lower_bound()
    {
        using var ns = new TestNamespace();
        using LiveConnections connections = Make(ns);
        var run = new CommandRun(Tool.Path, "keepalive", "--each", "--json", "dport", connections.Port) { Namespace = ns, Unprivileged = true };
        JsonElement document = Tool.Parse(run.Execute().EnsureSuccess().Output);
        JsonElement inferred = document.Items("sockets").Single(socket => socket.GetProperty("local_port").ToString() == LiveConnections.PortOf(connections.Clients[0]));

        Assert.Equal((2, 1, 0), (Number(document, "on"), Number(document, "off"), Number(document, "asked")));
        Assert.Single(document.Items("inferred"));
        Assert.Equal(("on", false), (inferred.Text("keepalive"), inferred.GetProperty("is_exact").GetBoolean()));
        Assert.InRange(Number(inferred, "first_probe_after_ms"), 30_000, 60_100);
        Assert.Equal(JsonValueKind.Null, inferred.GetProperty("probes").ValueKind);
    }

    [RootFact]
    public void Unacknowledged_data_hides_the_timer_but_not_the_option()
    {
        using var ns = new TestNamespace();
        using var connections = new LiveConnections(ns, 1);
        Socket client = connections.Clients[0];
        client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        ns.Deafen((IPEndPoint)connections.Listener.LocalEndPoint!);
        client.Send("x"u8);
        string[] keepalive = ["keepalive", "--json", "dport", connections.Port];

        Assert.Equal(1, Number(Tool.Json(ns, keepalive[..1].Concat(keepalive[2..]).ToArray()), "on"));
        CommandResult unprivileged = new CommandRun(Tool.Path, keepalive) { Namespace = ns, Unprivileged = true }.Execute().EnsureSuccess();
        Assert.Equal(1, Number(Tool.Parse(unprivileged.Output), "unknown"));
    }

    [RootFact]
    public void By_process_it_is_a_sum_with_what_the_defaults_mean()
    {
        using var ns = new TestNamespace();
        ns.SetSysctl("net.ipv4.tcp_keepalive_time", "600");
        using LiveConnections connections = Make(ns);
        string text = Tool.Run(ns, "keepalive", "dport", connections.Port).EnsureSuccess().Output;

        Assert.Contains("1m30s to 11m15s; 1 never", text);
        Assert.Contains("notices a dead peer after 1275 s (21 min 15 s) = 600 + 9 x 75 s.", text);
        Assert.Contains("1 of 3 connections have none. No sysctl switches it on", text);
    }

    [RootFact]
    public void A_locked_socket_does_not_stop_it()
    {
        using var ns = new TestNamespace();
        using var holder = new SocketLockHolder(ns);
        JsonElement document = Tool.Json(ns, "keepalive", "--each");
        JsonElement locked = document.Items("sockets").Single(socket => socket.GetProperty("inode").GetUInt32() == holder.Inode);

        Assert.Equal(("off", true), (locked.Text("keepalive"), locked.GetProperty("is_exact").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, locked.GetProperty("silence_ms").ValueKind);
        Assert.Equal(2, Number(document, "connections"));
    }

    [RootFact]
    public void Listeners_orphans_and_unfinished_handshakes_are_no_connections()
    {
        using var ns = new TestNamespace();
        using KernelStates states = KernelStates.Create(ns);
        string[] seen = [.. Tool.Json(ns, "keepalive", "--each").Items("sockets").Select(socket => socket.Text("state")!).Distinct().Order()];

        Assert.Equal(["close_wait", "established", "fin_wait2"], seen);
    }

    /// <summary>60 + 3 x 10 s; the machine's times with a user timeout; none.</summary>
    private static LiveConnections Make(TestNamespace ns)
    {
        var connections = new LiveConnections(ns, 3);
        connections.Clients[0].SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        connections.Clients[0].SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        connections.Clients[0].SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        connections.Clients[0].SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        connections.Clients[1].SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        connections.Clients[1].SetRawSocketOption(6, TcpUserTimeout, BitConverter.GetBytes(20_000));
        return connections;
    }

    private static void AssertTimes(JsonElement socket, string state, int idle, int interval, int probes, int userTimeout, int noticedAfter)
    {
        Assert.Equal((state, true), (socket.Text("keepalive"), socket.GetProperty("is_exact").GetBoolean()));
        Assert.Equal(
            (idle, interval, probes, userTimeout, noticedAfter),
            (Number(socket, "idle_seconds"), Number(socket, "interval_seconds"), Number(socket, "probes"), Number(socket, "user_timeout_ms"), Number(socket, "noticed_after_seconds")));
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
