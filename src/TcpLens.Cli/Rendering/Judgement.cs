using TcpLens.Diagnosis;

namespace TcpLens.Cli.Rendering;

/// <summary>One anomaly, one line: the word for its severity, then the sentence.</summary>
internal static class Judgement
{
    private const int LabelWidth = 10;

    public static void Write(Utf8Writer output, TerminalStyle style, Severity severity, ReadOnlySpan<char> sentence)
    {
        ReadOnlySpan<byte> label = Word(severity);
        style.Write(output, InkOf(severity), label);
        int position = style.Columns < 40 ? label.Length + 1 : LabelWidth;
        output.WriteSpaces(position - label.Length);
        Prose.Write(output, sentence, style.Columns, indent: style.Columns < 40 ? 2 : LabelWidth, position);
    }

    private static ReadOnlySpan<byte> Word(Severity severity) => severity switch
    {
        Severity.Ok => "ok"u8,
        Severity.Info => "info"u8,
        Severity.Notice => "notice"u8,
        Severity.Warning => "warning"u8,
        Severity.Critical => "CRITICAL"u8,
    };

    public static Ink InkOf(Severity severity) => severity switch
    {
        Severity.Ok => Ink.Green,
        Severity.Info => Ink.Dim,
        Severity.Notice => Ink.Cyan,
        Severity.Warning => Ink.BoldYellow,
        Severity.Critical => Ink.BoldRed,
    };
}
