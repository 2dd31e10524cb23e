namespace TcpLens.Faults.Tests;

/// <summary>The kernel's word on a stage, from another program than the one under test.</summary>
internal static class SocketCounts
{
    /// <summary>Sockets that ss finds: "state syn-recv", "state fin-wait-1 dport = :7000".</summary>
    public static int Count(this Stage stage, string filter)
        => stage.Namespace.Execute("ss", ["-Htano", .. filter.Split(' ')]).EnsureSuccess().Lines.Length;

    public static void WaitForSockets(this Stage stage, int count, string filter)
        => Until.True(() => stage.Count(filter) >= count, $"{count} sockets must be {filter}");

    /// <summary>The same, with so many repeats on their timer.</summary>
    public static void WaitForRepeats(this Stage stage, int count, int repeats, string filter)
        => Until.True(
            () => stage.Namespace.Execute("ss", ["-Htano", .. filter.Split(' ')]).Lines.Count(line => Repeats(line) >= repeats) >= count,
            $"{count} sockets must have repeated {repeats} times: {filter}");

    /// <summary>"… timer:(on,1.2sec,3)".</summary>
    private static int Repeats(string line)
        => line.Split(',') is { Length: >= 3 } parts && int.TryParse(parts[^1].TrimEnd(' ', ')'), out int repeats) ? repeats : 0;
}
