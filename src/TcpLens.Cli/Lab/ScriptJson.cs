using TcpLens.Cli.Rendering;
using TcpLens.Lab;

namespace TcpLens.Cli.Lab;

/// <summary>tcplens.lab-script/1</summary>
internal static class ScriptJson
{
    public static void Write(Session session, IReadOnlyList<(ScriptFile File, ScriptOutcome Outcome)> outcomes)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.lab-script/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.Number("passed"u8, Count(outcomes, ScriptVerdict.Passed));
        json.Number("failed"u8, Count(outcomes, ScriptVerdict.Failed));
        json.Number("not_supported"u8, Count(outcomes, ScriptVerdict.NotSupported));
        json.BeginArray("scripts"u8);
        foreach ((ScriptFile file, ScriptOutcome outcome) in outcomes)
        {
            json.BeginObject();
            Write(json, file, outcome);
            json.EndObject();
        }

        json.EndArray();
        json.EndDocument();
    }

    private static void Write(JsonDocumentWriter json, ScriptFile file, ScriptOutcome outcome)
    {
        bool hasFailed = outcome.Verdict == ScriptVerdict.Failed;
        json.Text("script"u8, file.Name);
        json.Text("suite"u8, file.Suite);
        json.Word("profile"u8, ScriptPage.ProfileName(outcome.Profile));
        json.Word("result"u8, Verdict(outcome.Verdict));
        json.Number("line"u8, outcome.Line == 0 ? null : outcome.Line);
        json.Text("statement"u8, outcome.Line == 0 ? null : outcome.Statement);
        json.Text("expected"u8, hasFailed ? outcome.Expected : null);
        json.Text("got"u8, hasFailed ? outcome.Got : null);
        json.Text("feature"u8, outcome.Verdict == ScriptVerdict.NotSupported ? outcome.Feature : null);
        json.Number("virtual_duration_us"u8, (long)outcome.Duration.TotalMicroseconds);
        json.Texts("trace"u8, outcome.Trace);
    }

    private static ReadOnlySpan<byte> Verdict(ScriptVerdict verdict) => verdict switch
    {
        ScriptVerdict.Passed => "passed"u8,
        ScriptVerdict.Failed => "failed"u8,
        ScriptVerdict.NotSupported => "not_supported"u8,
    };

    private static long Count(IReadOnlyList<(ScriptFile File, ScriptOutcome Outcome)> outcomes, ScriptVerdict verdict)
        => outcomes.Count(one => one.Outcome.Verdict == verdict);
}
