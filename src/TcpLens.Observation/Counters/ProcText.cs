namespace TcpLens.Observation;

/// <summary>Takes the text of a /proc file apart, line by line and word by word. Never throws and allocates nothing.</summary>
internal static class ProcText
{
    /// <summary>Words left in a line.</summary>
    public static int CountWords(ReadOnlySpan<byte> line)
    {
        int count = 0;
        while (TakeWord(ref line, out _))
        {
            count++;
        }

        return count;
    }

    /// <summary>The next line without its end; false when there is none.</summary>
    public static bool TakeLine(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        int end = text.IndexOf((byte)'\n');
        line = end < 0 ? text : text[..end];
        bool taken = !text.IsEmpty;
        text = end < 0 ? default : text[(end + 1)..];
        return taken;
    }

    /// <summary>The next word between blanks; false when there is none.</summary>
    public static bool TakeWord(ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> word)
    {
        line = line.TrimStart(" \t\r"u8);
        int end = line.IndexOfAny((byte)' ', (byte)'\t', (byte)'\r');
        word = end < 0 ? line : line[..end];
        line = line[word.Length..];
        return !word.IsEmpty;
    }

    /// <summary>Foreign octets for a message: at most twenty, only printable ones.</summary>
    public static string Quote(ReadOnlySpan<byte> octets)
    {
        Span<char> shown = stackalloc char[Math.Min(octets.Length, 20)];
        for (int i = 0; i < shown.Length; i++)
        {
            shown[i] = octets[i] is > (byte)' ' and < 0x7f ? (char)octets[i] : '?';
        }

        return $"\"{shown}\"";
    }
}
