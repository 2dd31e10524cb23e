using System.Text.Json;

namespace TcpLens.Faults.Tests;

/// <summary>Which finding stands under which.</summary>
internal static class CauseTree
{
    /// <summary>"a(b(c)) d": c is a consequence of b, and b of a. Explanations (info) are left out: what the host does besides may bring some.</summary>
    public static string Tree(this Diagnosed found) => Tree(found.Report.Items("findings"));

    private static string Tree(IEnumerable<JsonElement> findings) => string.Join(' ', findings.Where(static finding => finding.Text("severity") != "info")
        .Select(static finding => finding.Text("id") + (finding.Items("consequences") is { Length: > 0 } below ? $"({Tree(below)})" : "")));
}
