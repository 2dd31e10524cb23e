using System.Globalization;

namespace TcpLens.Lab;

/// <summary>A place in a script's text, and what can be read there. Blanks and comments stand between any two things.</summary>
internal sealed class ScriptCursor(string text, string file)
{
    private readonly string _text = text;
    private readonly string _file = file;

    public int Position { get; private set; }

    public bool IsAtEnd
    {
        get
        {
            SkipBlanks();
            return Position >= _text.Length;
        }
    }

    /// <summary>The character here, '\0' at the end.</summary>
    public char Here => At(Position);

    public int Line => _text.AsSpan(0, Math.Min(Position, _text.Length)).Count('\n') + 1;

    public string Since(int start) => _text[start..Math.Min(Position, _text.Length)].Trim();

    /// <summary>Takes <paramref name="word"/> if it stands here, blanks before it included.</summary>
    public bool TryTake(string word)
    {
        int start = Position;
        bool fits = Sees(word);
        Position = fits ? Position + word.Length : start;
        return fits;
    }

    public bool Sees(string word)
    {
        SkipBlanks();
        return string.CompareOrdinal(_text, Position, word, 0, word.Length) == 0;
    }

    public void Expect(string word)
    {
        if (!TryTake(word))
        {
            throw Expected($"\"{word}\"");
        }
    }

    /// <summary>A name of letters, digits and underscores; null when none begins here.</summary>
    public string? TryTakeName()
    {
        SkipBlanks();
        if (!char.IsAsciiLetter(Here) && Here != '_')
        {
            return null;
        }

        return TakeWhile(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
    }

    public string ExpectName(string what) => TryTakeName() ?? throw Expected(what);

    public string TakeWhile(Func<char, bool> belongs)
    {
        int start = Position;
        while (Position < _text.Length && belongs(_text[Position]))
        {
            Position++;
        }

        return _text[start..Position];
    }

    /// <summary>A whole number, decimal or hexadecimal, signed or not.</summary>
    public long? TryTakeInteger()
    {
        SkipBlanks();
        int start = Position;
        bool isNegative = Here == '-';
        Position += isNegative || Here == '+' ? 1 : 0;
        ulong? value = Here == '0' && At(Position + 1) is 'x' or 'X' ? TakeHexadecimal() : TakeDecimal();
        if (value is not { } magnitude)
        {
            Position = start;
            return null;
        }

        return magnitude > long.MaxValue ? throw Expected("a number of 63 bits at most") : isNegative ? -(long)magnitude : (long)magnitude;
    }

    public long ExpectInteger(string what, long minimum, long maximum)
    {
        int start = Position;
        long value = TryTakeInteger() ?? throw Expected(what);
        if (value < minimum || value > maximum)
        {
            Position = start;
            throw Expected($"{what} from {minimum} to {maximum}");
        }

        return value;
    }

    public uint ExpectNumber32(string what) => (uint)ExpectInteger(what, 0, uint.MaxValue);

    /// <summary>Seconds with a fraction: "0", ".1", "0.200".</summary>
    public TimeSpan? TryTakeSeconds()
    {
        SkipBlanks();
        int start = Position;
        string whole = TakeWhile(char.IsAsciiDigit);
        string fraction = "";
        if (Here == '.' && char.IsAsciiDigit(At(Position + 1)))
        {
            Position++;
            fraction = TakeWhile(char.IsAsciiDigit);
        }

        if (whole.Length + fraction.Length == 0)
        {
            Position = start;
            return null;
        }

        bool isRead = decimal.TryParse($"0{whole}.{fraction}0", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds);
        return isRead && seconds <= 10_000_000 ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)) : throw Expected("at most ten million seconds");
    }

    public TimeSpan ExpectSeconds() => TryTakeSeconds() ?? throw Expected("a time in seconds");

    /// <summary>Everything up to <paramref name="end"/>, which is taken too; no comments in there.</summary>
    public string TakeUntil(string end)
    {
        int found = _text.IndexOf(end, Math.Min(Position, _text.Length), StringComparison.Ordinal);
        if (found < 0)
        {
            throw Expected($"\"{end}\" somewhere behind here");
        }

        string inside = _text[Position..found];
        Position = found + end.Length;
        return inside;
    }

    public string TakeLine()
    {
        string line = TakeWhile(static c => c != '\n');
        int comment = line.IndexOf("//", StringComparison.Ordinal);
        return (comment >= 0 ? line[..comment] : line).Trim();
    }

    public ScriptSyntaxException Expected(string what)
    {
        int end = Math.Min(Position, _text.Length);
        int column = end - (end == 0 ? 0 : _text.LastIndexOf('\n', end - 1) + 1) + 1;
        string found = end == _text.Length ? "the end" : $"\"{Printable(_text.AsSpan(end, Math.Min(12, _text.Length - end)))}\"";
        return new(_file, Line, column, $"expected {what}, found {found}");
    }

    /// <summary>Blanks, "//" and "#" to the end of the line, and what stands between "/*" and "*/".</summary>
    public void SkipBlanks()
    {
        while (Position < _text.Length)
        {
            char here = _text[Position];
            if (char.IsWhiteSpace(here))
            {
                Position++;
            }
            else if (here == '#' || (here == '/' && At(Position + 1) == '/'))
            {
                TakeWhile(static c => c != '\n');
            }
            else if (here == '/' && At(Position + 1) == '*')
            {
                Position += 2;
                TakeUntil("*/");
            }
            else
            {
                return;
            }
        }
    }

    private static string Printable(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAny('\r', '\n');
        return new string((end < 0 ? text : text[..end]).ToArray().Select(static c => char.IsControl(c) ? '?' : c).ToArray());
    }

    private char At(int position) => position < _text.Length ? _text[position] : '\0';

    private ulong? TakeHexadecimal()
    {
        Position += 2;
        string digits = TakeWhile(char.IsAsciiHexDigit);
        return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : throw Expected("hexadecimal digits");
    }

    private ulong? TakeDecimal()
    {
        string digits = TakeWhile(char.IsAsciiDigit);
        return digits.Length == 0 ? null
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value
            : throw Expected("a number of 63 bits at most");
    }
}
