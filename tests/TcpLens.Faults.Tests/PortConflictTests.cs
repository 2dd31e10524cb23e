using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

/// <summary>Each way in which a port can be taken, asked for by name; what the answer says of SO_REUSEADDR is tried on the kernel.</summary>
public sealed class PortConflictTests
{
    private static readonly IPAddress Address = IPAddress.Parse("10.0.0.1");
    private static readonly IPEndPoint At = new(Address, 7000);

    [RootFact]
    [Scenario("port-conflict", "a service that cannot have its port: nothing to see unless asked for (tcplens doctor port 7000)")]
    public void A_conflict_is_explained_on_demand_only()
    {
        using Stage stage = new();
        using Puppet holder = new(stage.Namespace), service = new(stage.Namespace);
        holder.Listen("l", At);
        Assert.Equal("EADDRINUSE", service.Try(static puppet => puppet.Listen("l", At, options: BindOptions.ReuseAddr)));

        stage.Diagnose("500ms").AsAnnounced();
        JsonElement answer = Ask(stage, 7000);
        Assert.Equal("taken", answer.Text("verdict"));
        Assert.Contains($"puppet/{holder.Pid} listens on 10.0.0.1:7000", answer.Text("summary"), StringComparison.Ordinal);
    }

    [RootFact]
    public void A_dual_stack_listener_takes_the_port_of_IPv4_too()
    {
        using Stage stage = new();
        using Puppet holder = new(stage.Namespace), service = new(stage.Namespace);
        holder.Listen("l", new IPEndPoint(IPAddress.IPv6Any, 7000));
        Assert.Equal("EADDRINUSE", service.Try(static puppet => puppet.Listen("l", At, options: BindOptions.ReuseAddr)));

        Assert.Equal("every address, of IPv4 too", Only(stage, "listener").Text("blocks"));
    }

    [RootFact]
    public void An_outgoing_connection_takes_a_port_also_in_TIME_WAIT()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace), service = new(stage.Namespace);
        IPEndPoint at = server.Listen("l", At);
        stage.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "50000 50001");
        IPEndPoint own = client.Connect("c", at);
        server.Accept("s", "l");
        Assert.Equal("EADDRINUSE", service.Try(puppet => puppet.Listen("l", own, options: BindOptions.ReuseAddr)));
        JsonElement open = Only(stage, "outgoing", own.Port);
        Assert.Equal(("never", "established", client.Pid), (open.Text("so_reuseaddr_helps"), open.Text("state"), open.GetProperty("pid").GetInt32()));

        client.Close("c");
        server.Close("s");
        Assert.Equal("EADDRINUSE", service.Try(puppet => puppet.Listen("l", own, options: BindOptions.ReuseAddr)));
        JsonElement closed = Only(stage, "outgoing", own.Port);
        Assert.Equal(("never", "time_wait", JsonValueKind.Null), (closed.Text("so_reuseaddr_helps"), closed.Text("state"), closed.GetProperty("pid").ValueKind));
    }

    [RootFact]
    public void Connections_of_an_earlier_instance_need_SO_REUSEADDR_in_both()
    {
        using Stage stage = new();
        using Puppet careless = new(stage.Namespace), careful = new(stage.Namespace), client = new(stage.Namespace), service = new(stage.Namespace);
        Leave(careless, client, At, BindOptions.None);
        Leave(careful, client, new IPEndPoint(Address, 7001), BindOptions.ReuseAddr);

        foreach (int port in (ReadOnlySpan<int>)[7000, 7001])
        {
            JsonElement answer = Ask(stage, port);
            Assert.Equal("conditional", answer.Text("verdict"));
            Assert.Equal(("accepted", "if_both_have_it"), (answer.Items("obstacles")[0].Text("kind"), answer.Items("obstacles")[0].Text("so_reuseaddr_helps")));
        }

        Assert.Equal("EADDRINUSE", service.Try(static puppet => puppet.Listen("first", At, options: BindOptions.ReuseAddr)));
        Assert.Null(service.Try(static puppet => puppet.Listen("second", new IPEndPoint(Address, 7001), options: BindOptions.ReuseAddr)));

        static void Leave(Puppet server, Puppet client, IPEndPoint at, BindOptions options)
        {
            server.Listen("l", at, options: options);
            client.Connect($"c{at.Port}", at);
            server.Accept("s", "l");
            server.Close("l");
        }
    }

    [RootFact]
    public void A_socket_that_is_only_bound_is_seen()
    {
        using Stage stage = new();
        using Puppet holder = new(stage.Namespace), service = new(stage.Namespace);
        holder.Bind("b", At);
        Assert.Equal("EADDRINUSE", service.Try(static puppet => puppet.Listen("l", At)));

        JsonElement bound = Only(stage, "bound");
        Assert.Equal(holder.Pid, bound.GetProperty("pid").GetInt32());
    }

    [RootFact]
    public void A_second_listen_fails_though_both_could_bind()
    {
        using Stage stage = new();
        using Puppet first = new(stage.Namespace), second = new(stage.Namespace);
        second.Bind("b", At, BindOptions.ReuseAddr);
        first.Listen("l", At, options: BindOptions.ReuseAddr);
        Assert.Equal("EADDRINUSE", second.Try(static puppet => puppet.ListenAgain("b", 8)));

        string[] kinds = [.. Ask(stage, 7000).Items("obstacles").Select(static obstacle => $"{obstacle.Text("call")} {obstacle.Text("kind")}")];
        Assert.Equal(["bind listener", "bind bound", "listen second_listen"], kinds);
    }

    [RootFact]
    public void A_group_is_open_to_its_own_user_only()
    {
        using Stage stage = new();
        using Puppet first = new(stage.Namespace), second = new(stage.Namespace), third = new(stage.Namespace);
        first.Listen("l", At, options: BindOptions.ReusePort);
        second.Listen("l", At, options: BindOptions.ReusePort);
        Assert.Null(third.Try(static puppet => puppet.Listen("l", At, options: BindOptions.ReusePort)));

        JsonElement group = Assert.Single(Ask(stage, 7000).Items("obstacles"), static obstacle => obstacle.Text("kind") == "group");
        Assert.Equal((3, 0), (group.GetProperty("sockets").GetInt32(), group.GetProperty("uid").GetInt32()));
    }

    [RootFact]
    public void Free_ports_are_free_and_low_ones_need_a_privilege()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.ip_unprivileged_port_start", "1024");
        Assert.Equal("free", Ask(stage, 7000).Text("verdict"));
        Assert.Equal("EACCES", Only(stage, "privileged", 80).Text("errno"));

        stage.Namespace.SetSysctl("net.ipv4.ip_unprivileged_port_start", "0");
        Assert.Equal("free", Ask(stage, 80).Text("verdict"));
    }

    private static JsonElement Ask(Stage stage, int port) => Tool.Json(null, "doctor", "port", $"{port}", "--netns", stage.Namespace.Name);

    private static JsonElement Only(Stage stage, string kind, int port = 7000)
    {
        JsonElement obstacle = Assert.Single(Ask(stage, port).Items("obstacles"));
        Assert.Equal(kind, obstacle.Text("kind"));
        return obstacle;
    }
}
