using System.Globalization;

namespace TcpLens.Lab;

/// <summary>Names with their numbers, written as a text of pairs: "AF_INET 2 AF_INET6 10 MSG_MORE 0x8000".</summary>
internal static class NameTable
{
    public static Dictionary<string, long> Read(string pairs)
    {
        string[] words = pairs.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var table = new Dictionary<string, long>(words.Length / 2, StringComparer.Ordinal);
        for (int i = 0; i + 1 < words.Length; i += 2)
        {
            bool isHexadecimal = words[i + 1].StartsWith("0x", StringComparison.Ordinal);
            table[words[i]] = isHexadecimal
                ? long.Parse(words[i + 1].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : long.Parse(words[i + 1], CultureInfo.InvariantCulture);
        }

        return table;
    }
}
