using System.Text.Json;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>A task sleeps with a socket's lock in its hand. ss -i hangs on it; here nothing does.</summary>
public sealed class LockedSocketTests
{
    [RootFact]
    public void Tcp_info_comes_for_every_socket_but_the_locked_one_which_is_named()
    {
        using var ns = new TestNamespace();
        using BackgroundProcess other = HostileProcess.Named("other", ns);
        using var holder = new SocketLockHolder(ns);
        CommandResult result = Tool.Run(ns, "list", "--info", "--json").EnsureSuccess();
        JsonElement[] sockets = Tool.Parse(result.Output).Items("sockets");

        JsonElement locked = Assert.Single(sockets, socket => socket.GetProperty("locked").GetBoolean());
        Assert.Equal(holder.Inode, locked.GetProperty("inode").GetUInt32());
        Assert.Equal(JsonValueKind.Null, locked.GetProperty("tcp_info").ValueKind);
        Assert.All(
            sockets.Where(socket => !socket.GetProperty("locked").GetBoolean()),
            socket => Assert.Equal(JsonValueKind.Object, socket.GetProperty("tcp_info").ValueKind));
        Assert.Contains(sockets, socket => socket.GetProperty("local_port").GetInt32() == holder.RemotePort);
        Assert.Contains($"inode {holder.Inode}", result.Error);
        Assert.Contains("a task sleeps with the socket's lock", result.Error);
        Assert.Contains("a task sleeps with this socket's lock: its tcp_info cannot be read", Tool.Run(ns, "list", "--info").EnsureSuccess().Output);
    }

    [RootFact]
    public void What_needs_no_tcp_info_does_not_notice()
    {
        using var ns = new TestNamespace();
        using var holder = new SocketLockHolder(ns);

        Assert.Equal("established=2", Tool.Counts(Tool.Json(ns, "count")));
        Assert.Equal("established=2", Tool.Counts(Tool.Json(ns, "count", "--walk")));
        Assert.Equal(2, Tool.Json(ns, "count", "--by", "remote-port,process").Items("groups").Length);
        Assert.Equal(2, Tool.Json(ns, "list", "--process", "--memory").Items("sockets").Length);
        Assert.Equal(2, Tool.Json(ns).GetProperty("states").GetProperty(TcpState.Established.Name(StateSpelling.Snake)).GetInt32());
    }

    [RootFact]
    public void A_filter_on_tcp_info_leaves_the_locked_socket_out_and_says_so()
    {
        using var ns = new TestNamespace();
        using var holder = new SocketLockHolder(ns);
        CommandResult result = Tool.Run(ns, "list", "-H", "rtt < 1h").EnsureSuccess();

        Assert.Equal(holder.RemotePort, SocketRow.OfLine(Assert.Single(result.Lines)).Local.Port);
        Assert.Contains($"inode {holder.Inode}", result.Error);
    }
}
