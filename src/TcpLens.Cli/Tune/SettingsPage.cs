using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli.Tune;

/// <summary>The settings of a place for people: what is to be said about some of them, then the table.</summary>
internal sealed class SettingsPage(TuneGround ground, IReadOnlyList<ReviewedSetting> settings, TerminalStyle style)
{
    /// <param name="output">Where to.</param>
    /// <param name="all">Also the settings that are as the kernel makes them.</param>
    public void WriteTo(Utf8Writer output, bool all)
    {
        List<ReviewedSetting> judged = [.. settings.Where(static setting => setting.Remark.Length > 0)];
        foreach (ReviewedSetting setting in judged)
        {
            Judgement.Write(output, style, setting.Severity, Sentence(setting));
        }

        if (judged.Count > 0)
        {
            output.WriteLine();
        }

        ReviewedSetting[] shown = [.. settings.Where(setting => setting.Value is not null && (all || setting.Differs == true || setting.IsUnlikeFile))];
        if (shown.Length > 0)
        {
            WriteTable(output, shown);
            output.WriteLine();
        }

        int known = settings.Count(static setting => setting.Default is not null && setting.Value is not null);
        int differing = settings.Count(static setting => setting.Differs == true);
        Prose.Write(
            output,
            $"In {ground.PlaceName}, {differing} of {known} settings whose default is known differ from it{(all ? "" : "; --all shows every one")}.",
            style.Columns);
    }

    private string Sentence(ReviewedSetting setting)
    {
        string value = setting.Value is { } now ? $"{setting.Key} is {SettingText.Normalize(now)}" : $"{setting.Key} does not exist here";
        string usual = setting.Default is { } kernel && setting.Differs == true ? $" (the kernel's default is {kernel})" : "";
        string by = setting.Source is { } line ? $", set by {line.Path}:{line.Line}" : "";
        string instead = setting.Recommended is { } better && setting.Value is not null ? $" Better: tcplens tune set {Quoted($"{setting.Key}={better}")}{(ground.Place.IsOwn ? "" : $" --netns {ground.Place.DisplayName}")}" : "";
        return $"{value}{usual}{by}. {setting.Remark}{instead}";
    }

    private static string Quoted(string word) => word.Contains(' ', StringComparison.Ordinal) ? $"'{word}'" : word;

    private void WriteTable(Utf8Writer output, ReviewedSetting[] shown)
    {
        var table = new TableWriter(
            output, style,
            [new Column("Setting"), new Column("Value"), new Column("Default") { Priority = 1 }, new Column("Set by") { Cut = Cut.Start, Priority = 2 }],
            TableWriter.WholeTable);
        foreach (ReviewedSetting setting in shown)
        {
            table.Text(setting.Key);
            table.Text(SettingText.Normalize(setting.Value!), setting.Differs == true ? Ink.Bold : Ink.Normal);
            table.Text(setting.Default);
            table.Text(SetBy(setting));
            table.EndRow();
        }

        table.Complete();
    }

    private static string SetBy(ReviewedSetting setting) => setting.Source switch
    {
        null => "",
        var line when setting.IsUnlikeFile => $"not by {line.Path}:{line.Line}, which says {line.Value}",
        var line => $"{line.Path}:{line.Line}",
    };
}
