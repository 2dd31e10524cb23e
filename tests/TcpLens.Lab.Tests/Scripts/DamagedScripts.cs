namespace TcpLens.Lab.Tests;

/// <summary>Scripts of the corpus with some characters changed, or numbers made others; the same for the same seed.</summary>
internal static class DamagedScripts
{
    private const string Likely = "<>()[]{}|.,:;`%#*/+-~09aS\n\0\"";

    public static IEnumerable<string> Make(int seed, int count)
    {
        var random = new Random(seed);
        string[] scripts = [.. Corpus.Scripts.Where((script, i) => i % 9 == 0).Select(Corpus.Text)];
        for (int round = 0; round < count; round++)
        {
            char[] text = scripts[random.Next(scripts.Length)].ToCharArray();
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                int place = random.Next(text.Length);
                text[place] = random.Next(4) == 0 ? (char)random.Next(0xffff)
                    : char.IsAsciiDigit(text[place]) ? (char)('0' + random.Next(10))
                    : Likely[random.Next(Likely.Length)];
            }

            for (int i = random.Next(3) * 4; i > 0; i--)
            {
                int place = Array.FindIndex(text, random.Next(text.Length), char.IsAsciiDigit);
                if (place >= 0)
                {
                    text[place] = (char)('0' + random.Next(10));
                }
            }

            yield return new(text, 0, random.Next(3) == 0 ? random.Next(text.Length) : text.Length);
        }
    }
}
