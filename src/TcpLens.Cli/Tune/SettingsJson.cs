using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli.Tune;

/// <summary>The settings of a place as JSON.</summary>
internal static class SettingsJson
{
    public static void Write(Session session, TuneGround ground, IReadOnlyList<ReviewedSetting> settings)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.tune/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.Text("netns"u8, ground.Place.DisplayName);
        json.Number("netns_inode"u8, (long)ground.Place.Inode);
        json.BeginArray("settings"u8);
        foreach (ReviewedSetting setting in settings)
        {
            json.BeginObject();
            json.Text("key"u8, setting.Key);
            json.Text("value"u8, setting.Value is { } value ? SettingText.Normalize(value) : null);
            json.Text("default"u8, setting.Default);
            json.Flag("differs"u8, setting.Differs);
            json.Text("file"u8, setting.Source?.Path);
            json.Number("line"u8, (long?)setting.Source?.Line);
            json.Text("file_value"u8, setting.Source?.Value);
            json.Text("severity"u8, Word(setting.Remark.Length == 0 ? null : setting.Severity));
            json.Text("judgement"u8, setting.Remark.Length == 0 ? null : setting.Remark);
            json.Text("recommended"u8, setting.Recommended);
            json.EndObject();
        }

        json.EndArray();
        json.EndDocument();
    }

    public static string? Word(Severity? severity) => severity is null ? null : severity.Value switch
    {
        Severity.Ok => "ok",
        Severity.Info => "info",
        Severity.Notice => "notice",
        Severity.Warning => "warning",
        Severity.Critical => "critical",
    };
}
