using TcpLens.Cli.Rendering;
using TcpLens.Lab;

namespace TcpLens.Cli.Lab;

/// <summary>What came of scripts, for people: those that did not pass with the reason, then a line for each suite.</summary>
internal sealed class ScriptPage(IReadOnlyList<(ScriptFile File, ScriptOutcome Outcome)> outcomes, TerminalStyle style, bool isVerbose)
{
    private const int FewScripts = 20;
    private const string Margin = "      ";

    private readonly IReadOnlyList<(ScriptFile File, ScriptOutcome Outcome)> _outcomes = outcomes;
    private readonly TerminalStyle _style = style;
    private readonly bool _isVerbose = isVerbose;

    public void WriteTo(StandardOutput output)
    {
        bool showsAll = _isVerbose || _outcomes.Count <= FewScripts;
        var table = new TableWriter(
            output, _style,
            [new Column("Script") { Cut = Cut.Start }, new Column("Profile") { Priority = 1 }, new Column("Result"), new Column("Line") { Align = Align.Right }, new Column("Reason") { Cut = Cut.End }],
            TableWriter.WholeTable);
        var below = new MemoryWriter(4096);
        bool hasRows = false;
        foreach ((ScriptFile file, ScriptOutcome outcome) in _outcomes)
        {
            if (!showsAll && outcome.Verdict == ScriptVerdict.Passed)
            {
                continue;
            }

            table.Text(file.Name);
            table.Word(ProfileName(outcome.Profile), Ink.Dim);
            table.Word(VerdictName(outcome.Verdict), InkOf(outcome.Verdict));
            Line(table, outcome);
            table.Text(outcome.Verdict == ScriptVerdict.NotSupported ? outcome.Feature : "");
            below.Clear();
            WriteBelow(below, outcome);
            table.EndRow(below.Written);
            hasRows = true;
        }

        if (hasRows)
        {
            table.Complete();
            output.WriteLine();
        }

        WriteSummary(output);
    }

    public static ReadOnlySpan<byte> ProfileName(ScriptProfile profile) => profile switch
    {
        ScriptProfile.Linux => "linux"u8,
        ScriptProfile.FreeBsd => "freebsd"u8,
        ScriptProfile.Rfc => "rfc"u8,
    };

    private static ReadOnlySpan<byte> VerdictName(ScriptVerdict verdict) => verdict switch
    {
        ScriptVerdict.Passed => "passed"u8,
        ScriptVerdict.Failed => "failed"u8,
        ScriptVerdict.NotSupported => "not supported"u8,
    };

    private static Ink InkOf(ScriptVerdict verdict) => verdict switch
    {
        ScriptVerdict.Passed => Ink.Green,
        ScriptVerdict.Failed => Ink.Red,
        ScriptVerdict.NotSupported => Ink.Yellow,
    };

    private static void Line(TableWriter table, ScriptOutcome outcome)
    {
        if (outcome.Line == 0)
        {
            table.Text("");
        }
        else
        {
            table.Number(outcome.Line);
        }
    }

    /// <summary>The last segments, then what was expected and what came; all segments of every script when asked for.</summary>
    private void WriteBelow(MemoryWriter below, ScriptOutcome outcome)
    {
        bool hasFailed = outcome.Verdict == ScriptVerdict.Failed;
        foreach (string line in hasFailed || _isVerbose ? outcome.Trace : [])
        {
            WriteLine(below, "", line);
        }

        if (hasFailed)
        {
            WriteLine(below, "expected  ", outcome.Expected);
            WriteLine(below, "got       ", outcome.Got);
        }
    }

    private static void WriteLine(MemoryWriter below, string label, string text)
    {
        below.WriteText(Margin);
        below.WriteText(label);
        below.WriteText(text);
        below.WriteLine();
    }

    private void WriteSummary(StandardOutput output)
    {
        var table = new TableWriter(
            output, _style,
            [new Column("Suite"), Right("Scripts"), Right("Passed"), Right("Failed"), Right("Not supported")],
            TableWriter.WholeTable);
        foreach (IGrouping<string, ScriptOutcome> suite in _outcomes.GroupBy(static one => one.File.Suite, static one => one.Outcome))
        {
            Row(table, suite.Key, [.. suite]);
        }

        if (_outcomes.DistinctBy(static one => one.File.Suite).Count() > 1)
        {
            Row(table, "all", [.. _outcomes.Select(static one => one.Outcome)]);
        }

        table.Complete();
    }

    private static Column Right(string title) => new(title) { Align = Align.Right };

    private static void Row(TableWriter table, string name, ScriptOutcome[] outcomes)
    {
        table.Text(name);
        table.Count(outcomes.Length);
        foreach (ScriptVerdict verdict in Enum.GetValues<ScriptVerdict>())
        {
            int count = outcomes.Count(outcome => outcome.Verdict == verdict);
            table.Count(count, count == 0 ? Ink.Dim : InkOf(verdict));
        }

        table.EndRow();
    }
}
