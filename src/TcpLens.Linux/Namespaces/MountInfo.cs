using System.Globalization;
using System.Text;

namespace TcpLens.Linux;

/// <summary>
/// One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)):
/// "43 42 0:4 net:[4026532177] /run/netns/blue rw shared:2 - nsfs nsfs rw".
/// </summary>
internal readonly record struct MountInfo(string Root, string MountPoint, string FileSystem)
{
    /// <summary>Options of the file system itself, "rw,memory": a cgroup v1 hierarchy names its controllers there.</summary>
    public string Options { get; init; } = "";

    /// <summary>Every line that makes sense; the rest is passed over. Never throws.</summary>
    public static IEnumerable<MountInfo> Parse(byte[] text)
    {
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-", Math.Min(6, words.Length));
            if (dash > 0 && dash + 1 < words.Length)
            {
                yield return new MountInfo(Unescape(words[3]), Unescape(words[4]), words[dash + 1]) { Options = dash + 3 < words.Length ? words[dash + 3] : "" };
            }
        }
    }

    /// <summary>Inode of the network namespace mounted here; 0 when it is something else.</summary>
    public uint NetworkNamespace => FileSystem == "nsfs" ? NamespaceLink.Inode(Root) : 0;

    /// <summary>The kernel writes blank, tab, line feed and backslash as \ and three octal digits.</summary>
    private static string Unescape(string word)
    {
        if (!word.Contains('\\'))
        {
            return word;
        }

        StringBuilder plain = new(word.Length);
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] == '\\' && i + 3 < word.Length && IsOctal(word[i + 1]) && IsOctal(word[i + 2]) && IsOctal(word[i + 3]))
            {
                plain.Append((char)(((word[i + 1] - '0') << 6) | ((word[i + 2] - '0') << 3) | (word[i + 3] - '0')));
                i += 3;
            }
            else
            {
                plain.Append(word[i]);
            }
        }

        return plain.ToString();
    }

    private static bool IsOctal(char c) => c is >= '0' and <= '7';
}

/// <summary>The text that stands for a network namespace wherever the kernel names one: "net:[4026531840]".</summary>
internal static class NamespaceLink
{
    public static uint Inode(ReadOnlySpan<char> text)
        => text.StartsWith("net:[", StringComparison.Ordinal) && text.EndsWith(']')
            && uint.TryParse(text[5..^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint inode)
                ? inode
                : 0;

    public static uint Inode(ReadOnlySpan<byte> text)
        => text.StartsWith("net:["u8) && text.EndsWith("]"u8)
            && uint.TryParse(text[5..^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint inode)
                ? inode
                : 0;
}
