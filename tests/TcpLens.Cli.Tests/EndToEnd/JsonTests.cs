using System.Text.Json;
using System.Text.RegularExpressions;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>JSON that a program can rely on: every key always there, in one style, unknown is null, empty is [].</summary>
public sealed partial class JsonTests
{
    public static TheoryData<string[]> Commands => new(
        [],
        ["count"],
        ["count", "--by", "process,state"],
        ["count", "--by", "user,netns,remote-port,local-port"],
        ["count", "--by", "pid,container,cgroup,timer"],
        ["count", "--by", "local,remote,congestion,interface"],
        ["list"],
        ["list", "--process", "--memory", "--timers"],
        ["list", "--info"],
        ["diff", "--after", "0"],
        ["keepalive"],
        ["keepalive", "--each"],
        ["kill", "state", "connected", "--dry-run"],
        ["states"],
        ["netns"],
        ["tune"],
        ["tune", "journal"],
        ["tune", "set", "tcp_fin_timeout=30", "--dry-run"],
        ["explain", "time-wait"],
        ["explain", "SYN+ACK"]);

    [RootTheory]
    [MemberData(nameof(Commands))]
    public void A_document_has_schema_and_time_and_rows_of_one_shape(string[] arguments)
    {
        using var ns = new TestNamespace();
        using KernelStates states = KernelStates.Create(ns);
        JsonElement document = Tool.Json(ns, arguments);

        Assert.Matches(SchemaName(), document.Text("schema"));
        Assert.True(document.GetProperty("taken_at").TryGetDateTimeOffset(out DateTimeOffset taken));
        Assert.InRange(DateTimeOffset.UtcNow - taken, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
        AssertShape(document, "$");
    }

    [RootTheory]
    [InlineData("list", "sockets")]
    [InlineData("list", "sockets", "--process")]
    [InlineData("list", "sockets", "--info")]
    [InlineData("count", "groups", "--by", "process")]
    [InlineData("diff", "changes", "--after", "0")]
    [InlineData("keepalive", "groups")]
    [InlineData("keepalive", "sockets", "--each")]
    [InlineData("kill", "sockets", "state", "connected", "--yes")]
    public void Nothing_is_an_empty_array(string command, string array, params string[] arguments)
    {
        using var ns = new TestNamespace();

        Assert.Empty(Tool.Json(ns, [command, .. arguments]).Items(array));
    }

    [RootTheory]
    [InlineData("list")]
    [InlineData("count")]
    [InlineData("count", "--by", "state,remote")]
    public void A_stream_has_one_document_a_line(params string[] arguments)
    {
        using var ns = new TestNamespace();
        using BackgroundProcess listener = HostileProcess.Named("listener", ns);
        string[] lines = Tool.Run(ns, [.. arguments, "--interval", "20ms", "--count", "3", "--json"]).EnsureSuccess().Lines;

        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Matches(SchemaName(), Tool.Parse(line).Text("schema")));
    }

    private static void AssertShape(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                Assert.True(SnakeCase().IsMatch(member.Name), $"{path}.{member.Name} is not in snake_case");
                AssertShape(member.Value, $"{path}.{member.Name}");
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            JsonElement[] rows = [.. element.EnumerateArray()];
            Assert.All(rows, row => AssertShape(row, path + "[]"));
            Assert.True(rows.Select(KeysOf).Distinct().Count() <= 1, $"rows of {path} differ in their keys: {string.Join(" / ", rows.Select(KeysOf).Distinct())}");
        }
    }

    private static string KeysOf(JsonElement row) => row.ValueKind == JsonValueKind.Object ? string.Join(' ', row.EnumerateObject().Select(member => member.Name)) : "";

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SnakeCase();

    [GeneratedRegex("^tcplens\\.[a-z]+/1$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SchemaName();
}
