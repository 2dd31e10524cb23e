using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>
/// The doctor called again and again: a line when a finding appears, gets worse or better, and goes. It suits a log as well as a
/// screen; with --json each line is one object, schema "tcplens.doctor.event/1".
/// </summary>
internal sealed class DoctorWatch(Session session)
{
    private readonly Dictionary<string, (Finding Finding, long Since)> _open = [];
    private bool _hasBegun;

    public void Show(DoctorReport report)
    {
        long now = session.Clock.GetTimestamp();
        Dictionary<string, Finding> current = [];
        foreach (Finding finding in DoctorReport.Flatten(report.Findings))
        {
            current.TryAdd(finding.Id, finding);
        }

        foreach (Finding finding in current.Values)
        {
            if (!_open.TryGetValue(finding.Id, out (Finding Finding, long Since) known))
            {
                Tell("appeared", finding, null);
                _open.Add(finding.Id, (finding, now));
            }
            else if (known.Finding.Severity != finding.Severity)
            {
                Tell(finding.Severity > known.Finding.Severity ? "worse" : "better", finding, session.Clock.GetElapsedTime(known.Since));
                _open[finding.Id] = (finding, known.Since);
            }
        }

        foreach ((string id, (Finding finding, long since)) in _open.Where(pair => !current.ContainsKey(pair.Key)).ToList())
        {
            Tell("gone", finding, session.Clock.GetElapsedTime(since));
            _open.Remove(id);
        }

        if (!_hasBegun && current.Count == 0 && !session.Json)
        {
            session.Output.WriteText($"{Now()}  nothing found; watching {report.Looked.Count} conditions");
            session.Output.WriteLine();
        }

        _hasBegun = true;
    }

    private void Tell(string what, Finding finding, TimeSpan? after)
    {
        if (session.Json)
        {
            using var json = new JsonDocumentWriter(session.Output);
            json.BeginDocument("tcplens.doctor.event/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
            json.Word("event"u8, Encoding.ASCII.GetBytes(what));
            json.Number("open_seconds"u8, after?.TotalSeconds);
            DoctorJson.WriteFinding(json, finding);
            json.EndDocument();
            return;
        }

        session.Output.WriteText($"{Now()}  {what,-8}  ");
        int position = Now().Length + 12;
        session.Style.Write(session.Output, what == "gone" ? Ink.Green : Judgement.InkOf(finding.Severity), Encoding.ASCII.GetBytes($"{finding.Severity.ToString().ToLowerInvariant(),-8}  "));
        string text = after is { } length ? $"{finding.Summary} (after {length.TotalSeconds:0} s)" : finding.Summary;
        Prose.Write(session.Output, $"{finding.Id}: {text}", session.Style.Columns, indent: position, position + 10);
    }

    private string Now() => $"{session.Clock.GetUtcNow():HH:mm:ss}";
}
