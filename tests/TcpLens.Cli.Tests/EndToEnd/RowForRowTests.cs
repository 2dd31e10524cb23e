using System.Text.Json;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>Real sockets in all eleven states: what the program says of them is what ss, /proc and whoever made them say.</summary>
public sealed class RowForRowTests(StatesFixture made) : IClassFixture<StatesFixture>
{
    private IEnumerable<SocketRow> Expected => made.States.Sockets.Select(SocketRow.Of).Order();

    [RootFact]
    public void List_shows_every_socket_and_no_other()
        => Assert.Equal(Expected, Rows(Tool.Run(made.Namespace, "list", "-H")));

    [RootFact]
    public void List_says_what_ss_says()
        => Assert.Equal(Rows(made.Namespace.Execute("ss", "-tanH")), Rows(Tool.Run(made.Namespace, "list", "-H")));

    /// <summary>Word for word, so that a script that reads ss reads TcpLens too.</summary>
    [RootFact]
    public void The_first_five_columns_are_those_of_ss_to_the_letter()
        => Assert.Equal(Words(made.Namespace.Execute("ss", "-tanH")), Words(Tool.Run(made.Namespace, "list", "-H")));

    [RootFact]
    public void List_says_what_proc_says()
    {
        IEnumerable<SocketRow> proc = made.Namespace.Run(() =>
            File.ReadLines("/proc/thread-self/net/tcp").Skip(1).Concat(File.ReadLines("/proc/thread-self/net/tcp6").Skip(1)).Select(SocketRow.OfProc).Order().ToList());

        Assert.Equal(proc, Rows(Tool.Run(made.Namespace, "list", "-H")).Select(row => row.AsProcHasIt()).Order());
    }

    [RootFact]
    public void Json_says_what_the_table_says()
        => Assert.Equal(Expected, Sockets("list").Select(SocketRow.OfJson).Order());

    [RootFact]
    public void From_outside_a_namespace_looks_as_from_inside()
    {
        Assert.Equal(Expected, Rows(Tool.Run(null, "list", "-H", "--netns", made.Namespace.Name)));
        Assert.Equal(CountsOf(made.States.Sockets), Tool.Counts(Tool.Json(null, "count", "--netns", made.Namespace.Name)));
    }

    [RootFact]
    public void Bound_sockets_come_when_asked_for()
    {
        IEnumerable<SocketRow> all = made.States.Sockets.Concat(made.States.BoundOnly).Select(SocketRow.Of).Order();

        Assert.Equal(all, Rows(Tool.Run(made.Namespace, "list", "-H", "--bound")));
        Assert.Equal(CountsOf([.. made.States.Sockets, .. made.States.BoundOnly]), Tool.Counts(Tool.Json(made.Namespace, "count", "--bound")));
    }

    [RootTheory]
    [InlineData("count")]
    [InlineData("count", "--walk")]
    [InlineData("count", "--no-bpf")]
    [InlineData("count", "--by", "state,family")]
    public void Counts_are_those_of_the_rows(params string[] arguments)
    {
        JsonElement count = Tool.Json(made.Namespace, arguments);

        Assert.Equal(CountsOf(made.States.Sockets), Tool.Counts(count));
        Assert.Equal(made.States.Sockets.Count, count.GetProperty("total").GetInt64());
    }

    [RootFact]
    public void The_table_of_counts_has_every_state_in_the_order_of_a_life_and_the_zeros_too()
    {
        string[] lines = Tool.Run(made.Namespace, "count", "state", "established").EnsureSuccess().Lines;
        int established = made.States.Sockets.Count(socket => socket.State == TcpState.Established);

        Assert.Equal(
            ["State", "LISTEN", "SYN-SENT", "SYN-RECV", "ESTAB", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK", "UNCONN"],
            lines.Select(line => line.Split(' ')[0]));
        Assert.Equal(
            ["Count", "0", "0", "0", $"{established}", "0", "0", "0", "0", "0", "0", "0"],
            lines.Select(line => line.Split(' ')[^1]));
    }

    [RootFact]
    public void Request_sockets_and_mini_sockets_are_told_apart_and_have_no_user()
    {
        IEnumerable<string> expected = made.States.Sockets.Select(socket =>
            $"{socket.Local} {socket.Remote} {KindOf(socket)} {(socket.Kind == SocketKind.Full ? "user" : "no user")} {socket.IsHeld}");
        IEnumerable<string> seen = Sockets("list").Select(socket =>
        {
            SocketRow row = SocketRow.OfJson(socket);
            bool hasUser = socket.GetProperty("uid").ValueKind == JsonValueKind.Number;
            bool isHeld = socket.GetProperty("inode").ValueKind == JsonValueKind.Number;
            return $"{row.Local} {row.Remote} {socket.Text("kind")} {(hasUser ? "user" : "no user")} {isHeld}";
        });

        Assert.Equal(expected.Order(), seen.Order());

        static string KindOf(ExpectedSocket socket) => socket.Kind switch
        {
            SocketKind.Request => "request",
            SocketKind.TimeWait => "timewait",
            _ => "full",
        };
    }

    [RootFact]
    public void The_glance_counts_the_same()
    {
        JsonElement states = Tool.Json(made.Namespace).GetProperty("states");

        Assert.Equal(CountsOf(made.States.Sockets), string.Join(' ', states.EnumerateObject()
            .Where(state => state.Value.GetInt64() > 0).Select(state => $"{state.Name}={state.Value.GetInt64()}").Order(StringComparer.Ordinal)));
    }

    private JsonElement[] Sockets(params string[] arguments) => Tool.Json(made.Namespace, arguments).Items("sockets");

    private static List<SocketRow> Rows(CommandResult result) => [.. result.EnsureSuccess().Lines.Select(SocketRow.OfLine).Order()];

    private static IEnumerable<string> Words(CommandResult result)
        => result.EnsureSuccess().Lines.Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(5))).Order();

    private static string CountsOf(IEnumerable<ExpectedSocket> sockets) => string.Join(' ', sockets
        .CountBy(socket => socket.State.Name(StateSpelling.Snake)).Select(count => $"{count.Key}={count.Value}").Order(StringComparer.Ordinal));
}
