using System.Buffers;
using System.Globalization;
using System.Text;

namespace TcpLens.Cli.Rendering;

/// <summary>
/// How many cells of a terminal a text takes (what wcwidth(3) answers). The text is ours: it has been through <see cref="Escape"/>, and
/// the only escape sequences in it are those of <see cref="Ink"/>, which take none.
/// </summary>
internal static class CellWidth
{
    /// <summary>Pairs first, last: characters that take two cells (Unicode 14, EastAsianWidth.txt, W and F, gaps of unassigned ones closed).</summary>
    private static ReadOnlySpan<int> Wide =>
    [
        0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x23f0, 0x23f0, 0x23f3, 0x23f3, 0x25fd, 0x25fe, 0x2614, 0x2615,
        0x2648, 0x2653, 0x267f, 0x267f, 0x2693, 0x2693, 0x26a1, 0x26a1, 0x26aa, 0x26ab, 0x26bd, 0x26be, 0x26c4, 0x26c5, 0x26ce, 0x26ce,
        0x26d4, 0x26d4, 0x26ea, 0x26ea, 0x26f2, 0x26f3, 0x26f5, 0x26f5, 0x26fa, 0x26fa, 0x26fd, 0x26fd, 0x2705, 0x2705, 0x270a, 0x270b,
        0x2728, 0x2728, 0x274c, 0x274c, 0x274e, 0x274e, 0x2753, 0x2755, 0x2757, 0x2757, 0x2795, 0x2797, 0x27b0, 0x27b0, 0x27bf, 0x27bf,
        0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2b55, 0x2b55, 0x2e80, 0x303e, 0x3041, 0x3247, 0x3250, 0x4dbf, 0x4e00, 0xa4c6, 0xa960, 0xa97c,
        0xac00, 0xd7a3, 0xf900, 0xfad9, 0xfe10, 0xfe6b, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x18d08, 0x1aff0, 0x1b2fb,
        0x1f004, 0x1f004, 0x1f0cf, 0x1f0cf, 0x1f18e, 0x1f18e, 0x1f191, 0x1f19a, 0x1f200, 0x1f320, 0x1f32d, 0x1f335, 0x1f337, 0x1f37c,
        0x1f37e, 0x1f393, 0x1f3a0, 0x1f3ca, 0x1f3cf, 0x1f3d3, 0x1f3e0, 0x1f3f0, 0x1f3f4, 0x1f3f4, 0x1f3f8, 0x1f43e, 0x1f440, 0x1f440,
        0x1f442, 0x1f4fc, 0x1f4ff, 0x1f53d, 0x1f54b, 0x1f54e, 0x1f550, 0x1f567, 0x1f57a, 0x1f57a, 0x1f595, 0x1f596, 0x1f5a4, 0x1f5a4,
        0x1f5fb, 0x1f64f, 0x1f680, 0x1f6c5, 0x1f6cc, 0x1f6cc, 0x1f6d0, 0x1f6d2, 0x1f6d5, 0x1f6df, 0x1f6eb, 0x1f6ec, 0x1f6f4, 0x1f6fc,
        0x1f7e0, 0x1f7f0, 0x1f90c, 0x1f93a, 0x1f93c, 0x1f945, 0x1f947, 0x1f9ff, 0x1fa70, 0x1faff, 0x20000, 0x3fffd,
    ];

    /// <summary>Cells the text takes.</summary>
    public static int Of(ReadOnlySpan<byte> utf8)
    {
        if (Escape.IsSafeAscii(utf8))
        {
            return utf8.Length;
        }

        _ = Cut(utf8, int.MaxValue, out int cells);
        return cells;
    }

    /// <summary>The longest start of the text that takes no more than that many cells, with any ink that follows it directly.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8, int maxCells, out int cells)
    {
        cells = 0;
        int at = 0;
        while (at < utf8.Length)
        {
            int length = Next(utf8[at..], out int width);
            if (cells + width > maxCells)
            {
                break;
            }

            cells += width;
            at += length;
        }

        return utf8[..at];
    }

    /// <summary>Writes as much of the text as fits, with an ellipsis for what is left out; gives the cells written.</summary>
    public static int WriteCut(Utf8Writer output, ReadOnlySpan<byte> utf8, int cells, int maxCells, bool fromStart, bool unicode)
    {
        ReadOnlySpan<byte> ellipsis = unicode ? "…"u8 : "~"u8;
        if (!fromStart)
        {
            output.Write(Cut(utf8, maxCells - 1, out int kept));
            output.Write(ellipsis);
            return kept + 1;
        }

        // Leave out the first cells; a wide character in the way goes as a whole.
        ReadOnlySpan<byte> lost = Cut(utf8, cells - maxCells + 1, out int lostCells);
        if (lostCells < cells - maxCells + 1)
        {
            int length = Next(utf8[lost.Length..], out int width);
            lost = utf8[..(lost.Length + length)];
            lostCells += width;
        }

        output.Write(ellipsis);
        output.Write(utf8[lost.Length..]);
        return cells - lostCells + 1;
    }

    public static int Of(Rune rune)
    {
        if (rune.Value < 0x300)
        {
            return 1;
        }

        // The vowels and final consonants of Hangul are drawn into the cell of the consonant before them.
        bool isDrawnOver = rune.Value is (>= 0x1160 and <= 0x11ff) or (>= 0xd7b0 and <= 0xd7ff)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
        return isDrawnOver ? 0 : IsWide(rune.Value) ? 2 : 1;
    }

    /// <summary>Length in octets of the first character or ink sequence, and the cells it takes.</summary>
    private static int Next(ReadOnlySpan<byte> utf8, out int width)
    {
        if (utf8[0] == '\e')
        {
            width = 0;
            int end = utf8.IndexOf((byte)'m');
            return end < 0 ? utf8.Length : end + 1;
        }

        width = Rune.DecodeFromUtf8(utf8, out Rune rune, out int length) == OperationStatus.Done ? Of(rune) : 1;
        return length;
    }

    private static bool IsWide(int value)
    {
        int low = 0, high = (Wide.Length / 2) - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (value < Wide[2 * middle])
            {
                high = middle - 1;
            }
            else if (value > Wide[(2 * middle) + 1])
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }
}
