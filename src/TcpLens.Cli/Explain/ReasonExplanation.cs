using System.Text.Json;
using TcpLens.Diagnosis;

namespace TcpLens.Cli.Explain;

/// <summary>A page about a reason of the kernel's to throw a segment away or to send an RST, as text and as JSON.</summary>
internal static class ReasonExplanation
{
    /// <summary>The tracepoints that tell them.</summary>
    public const string Drops = "skb:kfree_skb";

    public const string Resets = "tcp:tcp_send_reset";

    public static Explanation Text(ReasonPage page, ReasonPage? asReset = null)
    {
        List<ExplainSection> sections = [new("What it means", [page.Meaning])];
        if (asReset is not null)
        {
            sections.Add(new("As the reason of an RST", [$"{Explanation.Sentence(asReset.Phrase)}: {asReset.Meaning}"]));
        }

        sections.Add(new("How bad", [HowBad(page.Severity)]));
        if (page.Advice.Length > 0)
        {
            sections.Add(new("What to do", [page.Advice]));
        }

        if (page.SeeAlso.Count > 0)
        {
            sections.Add(new("See also", [string.Join(", ", page.SeeAlso), $"{Explanation.Command}tcplens explain {page.SeeAlso[0]}"]));
        }

        Explanation.AddConditions(sections, page.Conditions);
        return new Explanation(Title(page), sections);
    }

    /// <summary>The members of the object.</summary>
    public static void Write(Utf8JsonWriter json, ReasonPage page, string tracepoint, ReasonPage? asReset = null)
    {
        json.WriteString("name", page.Name);
        json.WriteString("title", Title(page));
        json.WriteString("phrase", page.Phrase);
        json.WriteString("meaning", page.Meaning);
        ExplainJson.TextOrNull(json, "as_reset", asReset?.Meaning);
        json.WriteString("severity", Word(page.Severity));
        ExplainJson.TextOrNull(json, "advice", page.Advice);
        json.WriteString("tracepoint", tracepoint);
        ExplainJson.Strings(json, "see_also", page.SeeAlso);
        ExplainJson.Strings(json, "conditions", page.Conditions);
    }

    private static string Title(ReasonPage page) => $"{page.Name}: {page.Phrase}";

    private static string HowBad(Severity severity) => severity switch
    {
        Severity.Warning => "Warning: data, time or connections are lost.",
        Severity.Notice => "Notice: worth a look when there are many, or when something is missing.",
        _ => "Harmless: belongs to ordinary work, or cannot concern a TCP connection.",
    };

    private static string Word(Severity severity) => severity switch
    {
        Severity.Warning => "warning",
        Severity.Notice => "notice",
        _ => "info",
    };
}
