using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace TcpLens.Cli.Rendering;

/// <summary>
/// Makes text that somebody else chose safe to show. A process names itself, and a name can hold escape sequences that move the
/// cursor, retitle the window or hide what follows. Controls are shown as \x1b, invisible and reordering characters as \u202e, octets
/// that are no UTF-8 as \xff. A backslash stays one: names of systemd units are full of them.
/// </summary>
internal static class Escape
{
    private const int LongestEscape = 9;       // \U000e0001 without its leading zero: \u{e0001}

    /// <summary>Octets that <see cref="Encode(ReadOnlySpan{char}, Span{byte})"/> can need.</summary>
    public static int MaxLength(ReadOnlySpan<char> text) => IsSafeAscii(text) ? text.Length : text.Length * LongestEscape;

    /// <inheritdoc cref="MaxLength(ReadOnlySpan{char})"/>
    public static int MaxLength(ReadOnlySpan<byte> utf8) => IsSafeAscii(utf8) ? utf8.Length : utf8.Length * LongestEscape;

    /// <summary>Writes the text as safe UTF-8 and gives the octets written; there must be room for <see cref="MaxLength(ReadOnlySpan{char})"/>.</summary>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (Ascii.FromUtf16(text, destination, out int written) == OperationStatus.Done && IsSafeAscii(destination[..written]))
        {
            return written;
        }

        written = 0;
        while (!text.IsEmpty)
        {
            // A lone surrogate is no character; it is shown as the number it is.
            written += Rune.DecodeFromUtf16(text, out Rune rune, out int used) == OperationStatus.Done
                ? Encode(rune, destination[written..])
                : Show(text[0], destination[written..]);
            text = text[used..];
        }

        return written;
    }

    /// <summary>Writes the text as safe UTF-8 and gives the octets written; there must be room for <see cref="MaxLength(ReadOnlySpan{byte})"/>.</summary>
    public static int Encode(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        if (IsSafeAscii(utf8))
        {
            utf8.CopyTo(destination);
            return utf8.Length;
        }

        int written = 0;
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int used) == OperationStatus.Done)
            {
                written += Encode(rune, destination[written..]);
                utf8 = utf8[used..];
            }
            else
            {
                written += ShowOctet(utf8[0], destination[written..]);
                utf8 = utf8[1..];
            }
        }

        return written;
    }

    private static int Encode(Rune rune, Span<byte> destination) => Rune.GetUnicodeCategory(rune) switch
    {
        // Cc, Cf (bidirectional controls, zero-width joiners, tags), Zl, Zp: none of these has a shape of its own.
        UnicodeCategory.Control when rune.IsAscii => ShowOctet((byte)rune.Value, destination),
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            => Show(rune.Value, destination),
        _ => rune.EncodeToUtf8(destination),
    };

    private static int ShowOctet(byte octet, Span<byte> destination)
    {
        Utf8.TryWrite(destination, $"\\x{octet:x2}", out int written);
        return written;
    }

    private static int Show(int value, Span<byte> destination)
    {
        int written;
        _ = value > 0xffff
            ? Utf8.TryWrite(destination, $"\\u{{{value:x}}}", out written)
            : Utf8.TryWrite(destination, $"\\u{value:x4}", out written);
        return written;
    }

    /// <summary>True when every octet is one cell of a terminal and nothing else.</summary>
    public static bool IsSafeAscii(ReadOnlySpan<byte> utf8)
    {
        // A loop, since the texts are short; the framework's vectors are only worth their calls from some fifty octets on.
        foreach (byte octet in utf8)
        {
            if (octet is < (byte)' ' or > (byte)'~')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSafeAscii(ReadOnlySpan<char> text)
    {
        foreach (char character in text)
        {
            if (character is < ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }
}
