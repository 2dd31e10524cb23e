using System.Globalization;

namespace TcpLens.Protocol;

/// <summary>How control bits are written.</summary>
public enum ControlBitsSpelling : byte
{
    /// <summary>"SYN+ACK", in the order people say them; "none" for no bit.</summary>
    Words,

    /// <summary>tcpdump's letters in tcpdump's order, "S."; "none" for no bit.</summary>
    Letters,

    /// <summary>"0x012".</summary>
    Hex,
}

/// <summary>
/// Control bits as text. Reading takes every usual spelling: words in any case joined by anything or nothing ("SYN+ACK", "syn,ack",
/// "SYN-ACK", "SYNACK"), letters with or without brackets ("S.", "[FP.U]", "PA"), numbers (0x12, 18), "null", "none", "xmas".
/// </summary>
public static class ControlBitsText
{
    private const string Separators = "+,|/&- _[]()<>";

    // In tcpdump's order, which is also the order that reading tries letters in. 'e' and 'E' differ: AE and ECE.
    private static ReadOnlySpan<char> LetterOrder => "FSRP.UEWe";

    public static string Format(ControlBits bits, ControlBitsSpelling spelling = ControlBitsSpelling.Words) => spelling switch
    {
        ControlBitsSpelling.Words => Words(bits),
        ControlBitsSpelling.Letters => Letters(bits),
        ControlBitsSpelling.Hex => $"0x{(int)bits:x3}",
    };

    /// <summary>False, and no bits, for anything that is not control bits; never throws.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ControlBits bits)
        => TryParseNumber(text, out bits) || TryParseName(text, out bits) || TryParseWords(text, out bits) || TryParseLetters(text, out bits);

    private static bool TryParseNumber(ReadOnlySpan<char> text, out ControlBits bits)
    {
        bool parsed = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ushort.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort number)
            : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        bool fits = parsed && number <= (ushort)ControlBits.All;
        bits = fits ? (ControlBits)number : ControlBits.None;
        return fits;
    }

    private static bool TryParseName(ReadOnlySpan<char> text, out ControlBits bits)
    {
        ReadOnlySpan<char> name = text.Trim(Separators);
        bool isChristmas = Is(name, "xmas") || Is(name, "christmas");
        bits = isChristmas ? ControlBits.Fin | ControlBits.Psh | ControlBits.Urg : ControlBits.None;
        return isChristmas || Is(name, "none") || Is(name, "null");
    }

    private static bool TryParseWords(ReadOnlySpan<char> text, out ControlBits bits)
    {
        bits = ControlBits.None;
        ReadOnlySpan<char> rest = text.TrimStart(Separators);
        while (!rest.IsEmpty)
        {
            (ControlBits bit, int length) = FirstWord(rest);
            if (length == 0)
            {
                bits = ControlBits.None;
                return false;
            }

            bits |= bit;
            rest = rest[length..].TrimStart(Separators);
        }

        return bits != ControlBits.None;
    }

    private static (ControlBits Bit, int Length) FirstWord(ReadOnlySpan<char> text) => text switch
    {
        _ when Starts(text, "SYN") => (ControlBits.Syn, 3),
        _ when Starts(text, "ACK") => (ControlBits.Ack, 3),
        _ when Starts(text, "FIN") => (ControlBits.Fin, 3),
        _ when Starts(text, "RST") => (ControlBits.Rst, 3),
        _ when Starts(text, "RESET") => (ControlBits.Rst, 5),
        _ when Starts(text, "PUSH") => (ControlBits.Psh, 4),
        _ when Starts(text, "PSH") => (ControlBits.Psh, 3),
        _ when Starts(text, "URGENT") => (ControlBits.Urg, 6),
        _ when Starts(text, "URG") => (ControlBits.Urg, 3),
        _ when Starts(text, "ECE") => (ControlBits.Ece, 3),
        _ when Starts(text, "ECN") => (ControlBits.Ece, 3),
        _ when Starts(text, "CWR") => (ControlBits.Cwr, 3),
        _ when Starts(text, "AE") => (ControlBits.Ae, 2),
        _ when Starts(text, "NS") => (ControlBits.Ae, 2),
        _ => (ControlBits.None, 0),
    };

    /// <summary>tcpdump's letters, Wireshark's and nmap's A (ACK), C (CWR) and N (the bit once called NS); none may come twice.</summary>
    private static bool TryParseLetters(ReadOnlySpan<char> text, out ControlBits bits)
    {
        bits = ControlBits.None;
        foreach (char letter in text)
        {
            if (Separators.Contains(letter, StringComparison.Ordinal))
            {
                continue;
            }

            ControlBits bit = FromLetter(letter);
            if (bit == ControlBits.None || bits.Has(bit))
            {
                bits = ControlBits.None;
                return false;
            }

            bits |= bit;
        }

        return bits != ControlBits.None;
    }

    private static ControlBits FromLetter(char letter) => letter switch
    {
        'F' or 'f' => ControlBits.Fin,
        'S' or 's' => ControlBits.Syn,
        'R' or 'r' => ControlBits.Rst,
        'P' or 'p' => ControlBits.Psh,
        '.' or 'A' or 'a' => ControlBits.Ack,
        'U' or 'u' => ControlBits.Urg,
        'E' => ControlBits.Ece,
        'W' or 'w' or 'C' or 'c' => ControlBits.Cwr,
        'e' or 'N' or 'n' => ControlBits.Ae,
        _ => ControlBits.None,
    };

    private static string Letters(ControlBits bits)
    {
        Span<char> letters = stackalloc char[LetterOrder.Length];
        int length = 0;
        foreach (char letter in LetterOrder)
        {
            if (bits.Has(FromLetter(letter)))
            {
                letters[length++] = letter;
            }
        }

        return length == 0 ? "none" : new string(letters[..length]);
    }

    private static string Words(ControlBits bits)
    {
        ReadOnlySpan<(ControlBits Bit, string Word)> order =
        [
            (ControlBits.Syn, "SYN"), (ControlBits.Fin, "FIN"), (ControlBits.Rst, "RST"), (ControlBits.Psh, "PSH"), (ControlBits.Ack, "ACK"),
            (ControlBits.Urg, "URG"), (ControlBits.Ece, "ECE"), (ControlBits.Cwr, "CWR"), (ControlBits.Ae, "AE"),
        ];
        string words = "";
        foreach ((ControlBits bit, string word) in order)
        {
            if (bits.Has(bit))
            {
                words += words.Length == 0 ? word : "+" + word;
            }
        }

        return words.Length == 0 ? "none" : words;
    }

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static bool Starts(ReadOnlySpan<char> text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
}
