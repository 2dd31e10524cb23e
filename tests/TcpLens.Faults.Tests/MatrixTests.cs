using TcpLens.Diagnosis;

namespace TcpLens.Faults.Tests;

/// <summary>
/// The documents hold what the tests announce. With TCPLENS_WRITE_DOCS=1 in the environment they are written anew instead.
/// </summary>
public sealed class MatrixTests
{
    private const string Begin = "<!-- the table is made by MatrixTests -->\n";
    private const string End = "<!-- end of the table -->\n";

    private static readonly string Folder = Path.Combine(SharedData.Repository, "docs/conditions");

    [Fact]
    public void The_documents_show_what_the_scenarios_announce()
    {
        string path = Path.Combine(Folder, "README.md");
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, end = text.IndexOf(End, StringComparison.Ordinal);
        string picture = Path.Combine(Folder, "matrix.svg");
        if (Environment.GetEnvironmentVariable("TCPLENS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, text[..begin] + "\n" + Matrix.Text() + "\n" + text[end..]);
            File.WriteAllText(picture, Matrix.Picture());
            return;
        }

        Assert.Equal("\n" + Matrix.Text() + "\n", text[begin..end]);
        Assert.Equal(Matrix.Picture(), File.ReadAllText(picture));
    }

    [Fact]
    public void Every_scenario_is_about_conditions_that_exist()
    {
        HashSet<string> ids = [.. ConditionCatalog.All.Select(static condition => condition.Info.Id), "-"];
        Assert.All(ScenarioAttribute.All, scenario => Assert.All(scenario.Finds.Append(scenario.About), id => Assert.Contains(id, ids)));
    }

    [Fact]
    public void Every_condition_has_its_page_and_no_page_is_left_over()
    {
        string[] pages = [.. Directory.EnumerateFiles(Folder, "*.md").Select(static path => Path.GetFileNameWithoutExtension(path)).Where(static name => name != "README").Order(StringComparer.Ordinal)];
        Assert.Equal(ConditionCatalog.All.Select(static condition => condition.Info.Id).Order(StringComparer.Ordinal), pages);
    }

    [Fact]
    public void Most_conditions_are_made_true_by_a_real_fault_and_each_of_those_has_a_look_alike()
    {
        string[] live = [.. ConditionCatalog.All.Select(static condition => condition.Info.Id).Where(static id => ScenarioAttribute.All.Any(scenario => scenario.About == id && scenario.Finds.Contains(id)))];
        Assert.True(live.Length >= 30, $"{live.Length} conditions have a live test");
        Assert.All(live, static id => Assert.Contains(ScenarioAttribute.All, scenario => scenario.About == id && !scenario.Finds.Contains(id)));
    }
}
