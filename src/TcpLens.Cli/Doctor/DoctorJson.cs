using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A doctor's report as one document, schema "tcplens.doctor/1" (docs/json.md).</summary>
internal static class DoctorJson
{
    public static void Write(Utf8Writer output, Examination seen, DoctorReport report)
    {
        using var json = new JsonDocumentWriter(output);
        json.BeginDocument("tcplens.doctor/1"u8, seen.HostName, seen.Now.TakenAt);
        json.Text("netns"u8, seen.Namespace.DisplayName);
        json.Number("elapsed_seconds"u8, seen.Elapsed.TotalSeconds);
        json.Number("sockets"u8, (long)seen.Now.Sockets.Count);
        Word(json, "worst"u8, report.Worst);
        json.BeginArray("findings"u8);
        WriteFindings(json, report.Findings);
        json.EndArray();
        json.Number("findings_omitted"u8, (long)report.Omitted);
        json.Texts("looked_for"u8, report.Looked.Select(static condition => condition.Id));
        json.BeginArray("not_checked"u8);
        foreach (Unchecked missing in report.Unchecked)
        {
            json.BeginObject();
            json.Text("condition"u8, missing.ConditionId);
            json.Text("why"u8, missing.Why);
            json.EndObject();
        }

        json.EndArray();
        json.Texts("blind_spots"u8, seen.BlindSpots.Select(static blind => blind.ToString()));
        json.Texts("sources"u8, seen.Sources);
        json.EndDocument();
    }

    private static void WriteFindings(JsonDocumentWriter json, IReadOnlyList<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            json.BeginObject();
            WriteFinding(json, finding);
            json.BeginArray("consequences"u8);
            WriteFindings(json, finding.Consequences);
            json.EndArray();
            json.EndObject();
        }
    }

    public static void WriteFinding(JsonDocumentWriter json, Finding finding)
    {
        json.Text("id"u8, finding.Id);
        json.Text("condition"u8, finding.Condition.Id);
        json.Text("title"u8, finding.Condition.Title);
        json.Text("subject"u8, finding.Subject);
        Word(json, "severity"u8, finding.Severity);
        json.Text("severity_reason"u8, finding.Reason);
        json.Text("summary"u8, finding.Summary);
        json.Text("impact"u8, finding.Condition.Impact);
        Word(json, "confidence"u8, finding.Confidence);
        json.Text("confirm_by"u8, finding.ConfirmBy);
        json.BeginArray("evidence"u8);
        foreach (Fact fact in finding.Evidence)
        {
            json.BeginObject();
            json.Text("text"u8, fact.Text);
            json.Text("source"u8, fact.Source);
            json.Number("value"u8, fact.Value);
            json.Number("per_second"u8, fact.PerSecond);
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("culprits"u8);
        foreach (Culprit culprit in finding.Culprits)
        {
            json.BeginObject();
            Word(json, "kind"u8, culprit.Kind);
            json.Text("name"u8, culprit.Name);
            json.Text("detail"u8, culprit.Detail);
            json.EndObject();
        }

        json.EndArray();
        WriteAdvice(json, finding);
    }

    private static void WriteAdvice(JsonDocumentWriter json, Finding finding)
    {
        json.BeginArray("remedies"u8);
        foreach (Remedy remedy in finding.Remedies)
        {
            json.BeginObject();
            Word(json, "kind"u8, remedy.Kind);
            json.Text("text"u8, remedy.Text);
            json.Text("risk"u8, remedy.Risk);
            json.Text("command"u8, remedy.Command);
            json.Text("undo"u8, remedy.Undo);
            json.BeginArray("settings"u8);
            foreach (SettingChange change in remedy.Settings)
            {
                json.BeginObject();
                json.Text("key"u8, change.Key);
                json.Text("value"u8, change.Value);
                json.EndObject();
            }

            json.EndArray();
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("avoid"u8);
        foreach (Myth myth in finding.Avoid)
        {
            json.BeginObject();
            json.Text("advice"u8, myth.Advice);
            json.Text("why"u8, myth.Why);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void Word<T>(JsonDocumentWriter json, ReadOnlySpan<byte> name, T value)
        where T : struct, Enum
        => json.Word(name, Encoding.ASCII.GetBytes(value.ToString().ToLowerInvariant()));
}
