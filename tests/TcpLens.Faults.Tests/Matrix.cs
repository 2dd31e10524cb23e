using System.Globalization;
using System.Text;
using TcpLens.Diagnosis;

namespace TcpLens.Faults.Tests;

/// <summary>Condition × scenario, as docs/conditions/README.md tells it and docs/conditions/matrix.svg draws it.</summary>
internal static class Matrix
{
    private const int Cell = 13;
    private const int Label = 520;
    private const int Head = 150;

    /// <summary>The conditions in their order, and under each what is done in its scenarios and what must be found.</summary>
    public static string Text()
    {
        StringBuilder text = new();
        text.Append("| condition | what is wrong | scenario | found: this, and nothing else |\n|---|---|---|---|\n");
        foreach (ConditionInfo condition in ConditionCatalog.All.Select(static condition => condition.Info))
        {
            string name = $"[{condition.Id}]({condition.Id}.md)";
            string title = condition.Title;
            foreach (ScenarioAttribute scenario in ScenarioAttribute.All.Where(scenario => scenario.About == condition.Id))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {name} | {title} | {scenario.SetUp} | {Found(scenario)} |\n");
                name = title = "";
            }

            if (name.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {name} | {title} | not live: see its page | |\n");
            }
        }

        foreach (ScenarioAttribute scenario in ScenarioAttribute.All.Where(static scenario => scenario.About == "-"))
        {
            text.Append(CultureInfo.InvariantCulture, $"| – | nothing | {scenario.SetUp} | {Found(scenario)} |\n");
        }

        return text.ToString();
    }

    /// <summary>A row for each scenario, a column for each condition, a filled square where it fires.</summary>
    public static string Picture()
    {
        ConditionInfo[] conditions = [.. ConditionCatalog.All.Select(static condition => condition.Info)];
        IReadOnlyList<ScenarioAttribute> scenarios = [.. conditions.SelectMany(static condition => ScenarioAttribute.All.Where(scenario => scenario.About == condition.Id)), .. ScenarioAttribute.All.Where(static scenario => scenario.About == "-")];
        int width = Label + (conditions.Length * Cell) + 100, height = Head + (scenarios.Count * Cell) + 10;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="9.5">
            <style>text {"{"} fill: #1f2328 {"}"} .cell {"{"} fill: #59636e22 {"}"} .fires {"{"} fill: #cf222e {"}"} @media (prefers-color-scheme: dark) {"{"} text {"{"} fill: #d1d7e0 {"}"} .cell {"{"} fill: #9198a133 {"}"} .fires {"{"} fill: #f85149 {"}"} {"}"}</style>
            <title>Which condition the doctor finds in which scenario</title>
            <pattern id="cells" x="{Label}" y="{Head}" width="{Cell}" height="{Cell}" patternUnits="userSpaceOnUse"><rect class="cell" width="{Cell - 2}" height="{Cell - 2}" rx="2"/></pattern>
            <rect x="{Label}" y="{Head}" width="{conditions.Length * Cell}" height="{scenarios.Count * Cell}" fill="url(#cells)"/>

            """);
        for (int column = 0; column < conditions.Length; column++)
        {
            int x = Label + (column * Cell) + 9;
            svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate({x} {Head - 4}) rotate(-60)\">{conditions[column].Id}</text>\n");
        }

        for (int row = 0; row < scenarios.Count; row++)
        {
            int y = Head + (row * Cell);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Label - 6}\" y=\"{y + 9.5}\" text-anchor=\"end\">{Escape(scenarios[row].SetUp)}</text>\n");
            for (int column = 0; column < conditions.Length; column++)
            {
                if (scenarios[row].Finds.Contains(conditions[column].Id))
                {
                    svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"fires\" x=\"{Label + (column * Cell)}\" y=\"{y}\" width=\"{Cell - 2}\" height=\"{Cell - 2}\" rx=\"2\"/>");
                }
            }

            svg.Append('\n');
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Found(ScenarioAttribute scenario) => scenario.Finds.Count == 0 ? "nothing" : string.Join(", ", scenario.Finds.Select(static id => $"`{id}`"));

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
