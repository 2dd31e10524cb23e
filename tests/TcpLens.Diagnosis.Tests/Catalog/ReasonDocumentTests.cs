using System.Text;
using TcpLens.Testing;

namespace TcpLens.Diagnosis.Tests;

/// <summary>docs/trace-reasons.md holds the catalogues. With TCPLENS_WRITE_DOCS=1 in the environment its tables are written anew instead.</summary>
public sealed class ReasonDocumentTests
{
    private static readonly string Document = Path.Combine(SharedData.Repository, "docs/trace-reasons.md");

    public static TheoryData<ClosingKind> Kinds => [.. Enum.GetValues<ClosingKind>()];

    [Theory]
    [InlineData("drops")]
    [InlineData("resets")]
    public void The_document_has_every_reason(string what)
    {
        string mark = $"<!-- {what}: made by ReasonDocumentTests -->\n";
        string text = File.ReadAllText(Document), table = Table(what == "drops" ? DropReasonCatalog.All : ResetReasonCatalog.All);
        int begin = text.IndexOf(mark, StringComparison.Ordinal) + mark.Length, end = text.IndexOf($"<!-- end of {what} -->", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("TCPLENS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Document, text[..begin] + table + text[end..]);
            return;
        }

        Assert.Equal(table, text[begin..end]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_document_has_every_way_to_end(ClosingKind kind) => Assert.Contains($"| {kind.Words()} | `{kind.Id()}` |", File.ReadAllText(Document), StringComparison.Ordinal);

    /// <summary>The worst first.</summary>
    private static string Table(IReadOnlyList<ReasonPage> pages)
    {
        StringBuilder table = new("\n| reason | | in a line | what it means |\n|---|---|---|---|\n");
        foreach (ReasonPage page in pages.OrderByDescending(page => page.Severity))
        {
            table.Append("| ").Append(page.Name).Append(" | ").Append(Word(page.Severity)).Append(" | ").Append(page.Phrase).Append(" | ").Append(page.Meaning).Append(" |\n");
        }

        return table.Append('\n').ToString();
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Warning => "**warning**",
        Severity.Notice => "notice",
        _ => "harmless",
    };
}
