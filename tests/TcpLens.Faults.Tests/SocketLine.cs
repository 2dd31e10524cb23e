namespace TcpLens.Faults.Tests;

/// <summary>One connection as a line of <c>ss -tinO</c>.</summary>
internal static class SocketLine
{
    public static IEnumerable<string> Of(TestNamespace host)
        => host.Execute("ss", "-tinoHO").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Milliseconds since data was sent; ss leaves out a 0.</summary>
    public static int LastSent(string line) => line.Split("lastsnd:") is [_, var rest] ? int.Parse(rest.Split(' ')[0]) : 0;
}
