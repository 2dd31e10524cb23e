using System.Text;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli;

/// <summary>
/// One end's stream over time, as Stevens drew it: octets upwards, seconds to the right. Data is dots, two by four to a cell where the
/// terminal has braille; signs stand where something was sent again, the window was shut, and where the window ended.
/// </summary>
internal sealed class SequencePlot(Utf8Writer output, TerminalStyle style)
{
    private const int Rows = 14;
    private const int LabelCells = 10;
    private const int DotsAcross = 2;
    private const int DotsUp = 4;

    private readonly int _cells = Math.Clamp((style.Columns ?? style.PageColumns) - LabelCells - 3, 10, 110);

    public void Write(IReadOnlyList<PlotSample> samples)
    {
        Frame frame = Frame.Of(samples);
        byte[,] dots = new byte[Rows, _cells];
        SampleKind?[,] signs = new SampleKind?[Rows, _cells];
        foreach (PlotSample sample in samples)
        {
            Draw(sample, frame, dots, signs);
        }

        for (int row = 0; row < Rows; row++)
        {
            Label(row, frame);
            int end = _cells;
            while (end > 0 && dots[row, end - 1] == 0 && signs[row, end - 1] is null)
            {
                end--;
            }

            for (int cell = 0; cell < end; cell++)
            {
                Cell(dots[row, cell], signs[row, cell]);
            }

            output.WriteLine();
        }

        Axis(frame);
    }

    private void Draw(PlotSample sample, Frame frame, byte[,] dots, SampleKind?[,] signs)
    {
        int across = (int)(frame.Across(sample.TimeNanoseconds) * ((_cells * DotsAcross) - 1));
        int from = (int)(frame.Up(sample.From) * ((Rows * DotsUp) - 1)), to = (int)(frame.Up(Math.Max(sample.From, sample.To - 1)) * ((Rows * DotsUp) - 1));
        if (sample.Kind != SampleKind.Data)
        {
            if (sample.Kind != SampleKind.WindowEdge || sample.From <= frame.Top)
            {
                ref SampleKind? sign = ref signs[Rows - 1 - (from / DotsUp), across / DotsAcross];
                sign = sign is { } other && other > sample.Kind ? other : sample.Kind;
            }

            return;
        }

        for (int dot = from; dot <= to; dot++)
        {
            int up = (Rows * DotsUp) - 1 - dot;
            dots[up / DotsUp, across / DotsAcross] |= Dot(across % DotsAcross, up % DotsUp);
        }
    }

    /// <summary>The bit of a dot in U+2800 to U+28FF: the fourth row came later than the others and has the two highest.</summary>
    private static byte Dot(int column, int row) => (byte)(row == 3 ? 0x40 << column : 1 << (row + (3 * column)));

    private void Cell(byte dots, SampleKind? sign)
    {
        switch (sign)
        {
            case SampleKind.ZeroWindow:
                style.Write(output, Ink.BoldRed, "Z"u8);
                break;
            case SampleKind.Again:
                style.Write(output, Ink.BoldRed, "R"u8);
                break;
            case SampleKind.OutOfOrder:
                style.Write(output, Ink.Yellow, "o"u8);
                break;
            case SampleKind.WindowEdge when dots == 0:
                style.Write(output, Ink.Cyan, style.Unicode ? "˙"u8 : "'"u8);
                break;
            default:
                Data(dots);
                break;
        }
    }

    private void Data(byte dots)
    {
        if (dots == 0)
        {
            output.Write((byte)' ');
        }
        else if (style.Unicode)
        {
            output.Write(Encoding.UTF8.GetBytes(((char)(0x2800 + dots)).ToString()));
        }
        else
        {
            output.Write((byte)'*');
        }
    }

    /// <summary>Octets at the top, in the middle and at the bottom.</summary>
    private void Label(int row, Frame frame)
    {
        string text = row is 0 or Rows - 1 or Rows / 2 ? Size(frame.Bottom - 1 + ((frame.Top - frame.Bottom) * (Rows - 1 - row) / (Rows - 1))) : "";
        output.WriteSpaces(Math.Max(0, LabelCells - text.Length));
        style.Write(output, Ink.Dim, Encoding.ASCII.GetBytes(text));
        output.Write((byte)' ');
        style.Write(output, Ink.Dim, style.Unicode ? "│"u8 : "|"u8);
    }

    private void Axis(Frame frame)
    {
        output.WriteSpaces(LabelCells + 1);
        var line = new MemoryWriter();
        line.Write(style.Unicode ? "└"u8 : "+"u8);
        for (int cell = 0; cell < _cells; cell++)
        {
            line.Write(style.Unicode ? "─"u8 : "-"u8);
        }

        style.Write(output, Ink.Dim, line.Written);
        output.WriteLine();
        string first = $"{CaptureTime.Seconds(0)[..3]} s", last = CaptureTime.ShortNanoseconds(frame.End - frame.Start);
        output.WriteSpaces(LabelCells + 2);
        style.Write(output, Ink.Dim, Encoding.ASCII.GetBytes(first));
        output.WriteSpaces(Math.Max(1, _cells - first.Length - last.Length));
        style.Write(output, Ink.Dim, Encoding.ASCII.GetBytes(last));
        output.WriteLine();
    }

    private static string Size(long octets)
    {
        var text = new MemoryWriter();
        text.WriteSize((ulong)Math.Max(0, octets));
        return text.ToString();
    }

    /// <summary>The part of time and stream that the plot shows: all data, and the window as far as that is near.</summary>
    private readonly record struct Frame(long Start, long End, long Bottom, long Top)
    {
        public static Frame Of(IReadOnlyList<PlotSample> samples)
        {
            long start = long.MaxValue, end = long.MinValue, bottom = long.MaxValue, top = long.MinValue;
            foreach (PlotSample sample in samples)
            {
                (start, end) = (Math.Min(start, sample.TimeNanoseconds), Math.Max(end, sample.TimeNanoseconds));
                if (sample.Kind != SampleKind.WindowEdge)
                {
                    (bottom, top) = (Math.Min(bottom, sample.From), Math.Max(top, sample.To));
                }
            }

            long edge = samples.Where(static sample => sample.Kind == SampleKind.WindowEdge).Select(static sample => sample.From).DefaultIfEmpty(top).Max();
            long span = Math.Max(1, top - bottom);
            return new(start, end, bottom, Math.Clamp(edge, top, top + (span / 2)));
        }

        /// <summary>0 at the left, 1 at the right.</summary>
        public double Across(long time) => End == Start ? 0 : (double)(time - Start) / (End - Start);

        /// <summary>0 at the bottom, 1 at the top.</summary>
        public double Up(long octet) => Top == Bottom ? 0 : Math.Clamp((double)(octet - Bottom) / (Top - Bottom), 0, 1);
    }
}
