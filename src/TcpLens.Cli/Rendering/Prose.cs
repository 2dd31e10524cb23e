namespace TcpLens.Cli.Rendering;

/// <summary>Sentences, broken between words where the line ends.</summary>
internal static class Prose
{
    /// <summary>Writes a paragraph and ends its last line.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="text">Made safe on the way.</param>
    /// <param name="columns">Cells in a line; null for one long line.</param>
    /// <param name="indent">Cells that lines from the second on leave free.</param>
    /// <param name="position">Cells already written on the first line.</param>
    public static void Write(Utf8Writer output, ReadOnlySpan<char> text, int? columns, int indent = 0, int position = 0)
    {
        var word = new MemoryWriter();
        int line = columns ?? int.MaxValue;
        indent = Math.Clamp(indent, 0, Math.Max(0, (line / 2) - 1));
        bool isFirst = true;
        foreach (Range range in text.Split(' '))
        {
            if (range.Start.Equals(range.End))
            {
                continue;
            }

            word.Clear();
            word.WriteText(text[range]);
            int cells = CellWidth.Of(word.Written);
            if (!isFirst && position + 1 + cells > line)
            {
                Break(output, indent, ref position);
            }
            else if (!isFirst)
            {
                output.Write((byte)' ');
                position++;
            }

            WriteWord(output, word.Written, cells, line, indent, ref position);
            isFirst = false;
        }

        output.WriteLine();
    }

    /// <summary>A word longer than a line is broken wherever it has to be.</summary>
    private static void WriteWord(Utf8Writer output, ReadOnlySpan<byte> word, int cells, int line, int indent, ref int position)
    {
        while (position + cells > line && line - indent >= 2)
        {
            ReadOnlySpan<byte> part = CellWidth.Cut(word, line - position, out int partCells);
            output.Write(part);
            word = word[part.Length..];
            cells -= partCells;
            Break(output, indent, ref position);
        }

        output.Write(word);
        position += cells;
    }

    private static void Break(Utf8Writer output, int indent, ref int position)
    {
        output.WriteLine();
        output.WriteSpaces(indent);
        position = indent;
    }
}
