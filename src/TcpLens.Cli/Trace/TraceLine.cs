using System.Buffers.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// One line of a trace on its way into the output buffer: a quarter of a million of them may come in a second. Cells stand where their columns do; one that
/// is longer pushes those behind it, which fall back into place as soon as they can.
/// </summary>
/// <param name="room">Where to; there must be room for the whole line, and nobody checks.</param>
internal ref struct TraceLine(Span<byte> room)
{
    private readonly Span<byte> _room = room;
    private int _at;
    private int _cellless;   // Octets that take no cell of their own: of colours, and of letters beyond ASCII.

    /// <summary>Octets written.</summary>
    public readonly int Length => _at;

    public void Word(scoped ReadOnlySpan<byte> ascii)
    {
        ascii.CopyTo(_room[_at..]);
        _at += ascii.Length;
    }

    public void Octet(byte ascii) => _room[_at++] = ascii;

    /// <summary>Text that takes fewer cells than octets.</summary>
    public void Word(scoped ReadOnlySpan<byte> utf8, int cells)
    {
        Word(utf8);
        _cellless += utf8.Length - cells;
    }

    /// <summary>Fills up with blanks to a column, at least one.</summary>
    public void To(int column)
    {
        ReadOnlySpan<byte> blanks = "                                                                "u8;
        int count = Math.Max(column + _cellless - _at, 1);
        for (; count > blanks.Length; count -= blanks.Length)
        {
            Word(blanks);
        }

        Word(blanks[..count]);
    }

    public void Number(ulong number)
    {
        Utf8Formatter.TryFormat(number, _room[_at..], out int length);
        _at += length;
    }

    /// <summary>Two digits.</summary>
    public void Pair(uint number)
    {
        (uint tens, uint ones) = Math.DivRem(number, 10);
        _room[_at] = (byte)('0' + tens);
        _room[_at + 1] = (byte)('0' + ones);
        _at += 2;
    }

    /// <summary>Three digits.</summary>
    public void Triple(uint number)
    {
        (uint hundreds, uint rest) = Math.DivRem(number, 100);
        _room[_at++] = (byte)('0' + hundreds);
        Pair(rest);
    }

    public void Endpoint(in Endpoint endpoint, IpFamily family)
    {
        endpoint.TryFormat(_room[_at..], out int length, family);
        _at += length;
    }

    /// <summary>12.345, with a digit for each microsecond, to the right; "-" when it is not known.</summary>
    public void Milliseconds(int column, int width, ulong? nanoseconds)
    {
        if (nanoseconds is not { } known)
        {
            Right(column, width, "-"u8);
            return;
        }

        (ulong whole, ulong rest) = Math.DivRem(known / 1000, 1000);
        To(column + Math.Max(0, width - DigitsOf(whole) - 4));
        Number(whole);
        Octet((byte)'.');
        Triple((uint)rest);
    }

    /// <summary>1.2ms, >7.9s, to the right; "-" when it is not known.</summary>
    public void Duration(int column, int width, ulong? nanoseconds, bool isAtLeast = false)
    {
        Span<byte> text = stackalloc byte[Units.MaxLength];
        text[0] = (byte)'>';
        int start = isAtLeast ? 1 : 0;
        Right(column, width, nanoseconds is { } known ? text[..(start + Units.FormatDuration(text[start..], known / 1000))] : "-"u8);
    }

    /// <summary>1.5MiB, to the right; no blank before the unit, so that a cell is a word. "-" when it is not known.</summary>
    public void Size(int column, int width, ulong? octets)
    {
        Span<byte> text = stackalloc byte[Units.MaxLength];
        if (octets is not { } known)
        {
            Right(column, width, "-"u8);
            return;
        }

        int length = Units.FormatSize(text, known);
        int blank = text[..length].IndexOf((byte)' ');
        text[(blank + 1)..length].CopyTo(text[blank..]);
        Right(column, width, text[..(length - 1)]);
    }

    /// <summary>A number, to the right; "-" when it is not known.</summary>
    public void Number(int column, int width, ulong? number)
    {
        Span<byte> text = stackalloc byte[Units.MaxLength];
        int length = 0;
        Right(column, width, number is { } known && Utf8Formatter.TryFormat(known, text, out length) ? text[..length] : "-"u8);
    }

    /// <summary>Somebody else's words, made safe; of more than so many characters the first ones.</summary>
    public void Text(ReadOnlySpan<char> text, int charactersMax)
    {
        Span<byte> free = _room[_at..];
        int length = Escape.Encode(text[..Math.Min(text.Length, charactersMax)], free);
        _at += length;
        _cellless += length - CellWidth.Of(free[..length]);
    }

    public void Ink(Ink ink) => Word(ink.Start(), 0);

    public void EndInk() => Word(InkSequences.Reset, 0);

    private void Right(int column, int width, scoped ReadOnlySpan<byte> ascii)
    {
        To(column + Math.Max(0, width - ascii.Length));
        Word(ascii);
    }

    private static int DigitsOf(ulong number)
    {
        int digits = 1;
        for (ulong limit = 10; number >= limit && digits < 20; limit *= 10)
        {
            digits++;
        }

        return digits;
    }
}
