using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Xunit.v3;

namespace TcpLens.Faults.Tests;

/// <summary>
/// Where a fault is set up and the doctor called: a namespace with 10.0.0.1 beside loopback (for Linux, 10.x on lo is no loopback
/// address), and the published program that looks into it from outside.
/// <code>
/// using Stage stage = new();
/// …                                              // sockets, puppets, firewall rules in stage.Namespace
/// stage.Diagnose(duration: "1s").AsAnnounced();  // finds what the test's [Scenario] says, and nothing else
/// </code>
/// </summary>
public sealed class Stage : IDisposable
{
    public Stage()
    {
        Namespace = new TestNamespace();
        Namespace.Execute("ip", "address", "add", "10.0.0.1/24", "dev", "lo").EnsureSuccess();
    }

    public TestNamespace Namespace { get; }

    /// <summary>Runs the doctor once.</summary>
    /// <param name="duration">Between its samples.</param>
    /// <param name="patience">Factor on all ages, so that a fault need not last as long as on a real machine.</param>
    /// <param name="other">Another namespace to look into; null for the stage's own.</param>
    public static JsonElement Report(TestNamespace other, string duration, double patience)
        => Tool.Json(null, "doctor", "--netns", other.Name, "--duration", duration, "--patience", patience.ToString(CultureInfo.InvariantCulture));

    public Diagnosed Diagnose(string duration = "1s", double patience = 1) => new(Report(Namespace, duration, patience));

    public void Dispose() => Namespace.Dispose();
}

/// <summary>What the doctor said.</summary>
public sealed class Diagnosed(JsonElement report)
{
    public JsonElement Report => report;

    /// <summary>All findings, consequences included.</summary>
    public IReadOnlyList<JsonElement> Findings { get; } = [.. Flatten(report.Items("findings"))];

    /// <summary>Conditions found that are at least worth a notice, sorted, each once.</summary>
    public string Conditions => string.Join(' ', Findings.Where(static finding => finding.Text("severity") != "info")
        .Select(static finding => finding.Text("condition")!).Distinct().Order(StringComparer.Ordinal));

    /// <summary>The first finding of a condition.</summary>
    public JsonElement Of(string condition) => Findings.First(finding => finding.Text("condition") == condition);

    /// <summary>Holds the doctor to the [Scenario] of the running test.</summary>
    public Diagnosed AsAnnounced()
    {
        MethodInfo test = ((IXunitTestMethod)TestContext.Current.TestMethod!).Method;
        ScenarioAttribute scenario = test.GetCustomAttribute<ScenarioAttribute>()!;
        string expected = string.Join(' ', scenario.Finds.Order(StringComparer.Ordinal));
        Assert.True(expected == Conditions, $"announced: {expected}\nfound:     {Conditions}\n{string.Join('\n', Findings.Select(static finding => $"{finding.Text("severity")} {finding.Text("id")}: {finding.Text("summary")} ({finding.Text("severity_reason")})"))}");
        return this;
    }

    private static IEnumerable<JsonElement> Flatten(IEnumerable<JsonElement> findings)
        => findings.SelectMany(static finding => Flatten(finding.Items("consequences")).Prepend(finding));
}
