using System.Runtime.CompilerServices;

namespace TcpLens.Capture;

/// <summary>Letters that an end writes at most once; the first S, H, F and R are among them because what follows is judged by number.</summary>
[Flags]
internal enum OnceLetters : byte
{
    None = 0,
    Syn = 1,
    Fin = 2,
    Reset = 4,
    FinReset = 8,
    Data = 16,
    Ack = 32,
    MultiFlag = 64,
}

/// <summary>A history string as Zeek writes it, five bits a letter. What does not fit is left out: 24 letters are more than any ordinary life has.</summary>
internal struct HistoryLetters
{
    public const int Capacity = 24;

    private const string Alphabet = "shadfrcgtwiq^x";
    private const int BitsPerLetter = 5;
    private const int PerWord = 12;
    private const int CountShift = PerWord * BitsPerLetter;
    private const ulong UpperCase = 16;

    private ulong _first;
    private ulong _second;

    public readonly int Count => (int)(_first >> CountShift) + (int)(_second >> CountShift);

    /// <param name="letter">One of the alphabet's, in lower case.</param>
    /// <param name="isUpper">True for the originator's.</param>
    public void Add(char letter, bool isUpper)
    {
        ulong code = (uint)Alphabet.IndexOf(letter) | (isUpper ? UpperCase : 0);
        if (_first >> CountShift < PerWord)
        {
            Append(ref _first, code);
        }
        else if (_second >> CountShift < PerWord)
        {
            Append(ref _second, code);
        }
    }

    public override readonly string ToString() => string.Create(Count, this, static (text, letters) =>
    {
        for (int at = 0; at < text.Length; at++)
        {
            ulong code = (at < PerWord ? letters._first : letters._second) >> (at % PerWord * BitsPerLetter);
            char letter = Alphabet[(int)(code & (UpperCase - 1))];
            text[at] = (code & UpperCase) != 0 ? char.ToUpperInvariant(letter) : letter;
        }
    });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Append(ref ulong word, ulong code)
    {
        int count = (int)(word >> CountShift);
        word = (word | (code << (count * BitsPerLetter))) + (1UL << CountShift);
    }
}
