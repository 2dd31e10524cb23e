using System.Text.Json;

namespace TcpLens.Testing;

/// <summary>The program under test, as users have it: the file named by TCPLENS, or the debug build next to these tests.</summary>
public static class Tool
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("TCPLENS") is { Length: > 0 } published
        ? published
        : System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "../../TcpLens.Cli/debug/tcplens"));

    /// <summary>Runs it in a namespace (null: where the tests run) and waits for its end, whatever the exit code.</summary>
    public static CommandResult Run(TestNamespace? ns, params IReadOnlyList<string> arguments)
        => new CommandRun(Path, arguments) { Namespace = ns }.Execute();

    /// <summary>The one JSON document it wrote.</summary>
    public static JsonElement Json(TestNamespace? ns, params IReadOnlyList<string> arguments)
        => Parse(Run(ns, [.. arguments, "--json"]).EnsureSuccess().Output);

    public static JsonElement Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public static JsonElement[] Items(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray()];

    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();

    /// <summary>Sums by state of a <c>count --json</c> that counts by state, and perhaps by more; without the zeros, in order of the states' names.</summary>
    public static string Counts(JsonElement count) => string.Join(' ', count.Items("groups")
        .GroupBy(group => group.Text("state"), group => group.GetProperty("count").GetInt64())
        .Where(state => state.Sum() > 0)
        .Select(state => $"{state.Key}={state.Sum()}")
        .Order(StringComparer.Ordinal));
}
