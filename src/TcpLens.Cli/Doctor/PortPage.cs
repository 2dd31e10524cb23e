using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>Who is in the way of a port, for a terminal: the answer, then each obstacle with what helps against it.</summary>
internal sealed class PortPage(PortAnswer answer, TerminalStyle style)
{
    private const int LabelAt = 2;
    private const int TextAt = 10;

    public void WriteTo(Utf8Writer output)
    {
        Severity severity = answer.Verdict switch
        {
            PortVerdict.Free => Severity.Ok,
            PortVerdict.Conditional => Severity.Notice,
            PortVerdict.Taken => Severity.Critical,
        };
        Judgement.Write(output, style, severity, answer.Summary);
        foreach (PortObstacle obstacle in answer.Obstacles)
        {
            output.WriteLine();
            Line(output, "why", Ink.Cyan, $"{obstacle.Text}: {obstacle.Call}() fails with {obstacle.Errno}");
            Line(output, "blocks", Ink.Dim, $"{obstacle.Blocks}; {Reuse(obstacle.ReuseAddress)}");
            Line(output, "do", Ink.Green, obstacle.Remedy);
        }

        foreach (string note in answer.Notes)
        {
            output.WriteLine();
            Line(output, "note", Ink.Dim, note);
        }
    }

    private static string Reuse(ReuseAddressHelps helps) => helps switch
    {
        ReuseAddressHelps.Never => "SO_REUSEADDR does not help",
        ReuseAddressHelps.IfBothHaveIt => "SO_REUSEADDR helps if both sockets have it",
        ReuseAddressHelps.NotAsked => "SO_REUSEADDR has no part in it",
    };

    private void Line(Utf8Writer output, string label, Ink ink, string text)
    {
        output.WriteSpaces(LabelAt);
        style.Write(output, ink, Encoding.ASCII.GetBytes(label.PadRight(TextAt - LabelAt)));
        Prose.Write(output, text, style.Columns, indent: TextAt, position: TextAt);
    }
}
