namespace TcpLens.Cli.Lab;

/// <summary>A script, and the suite that it is counted with: the folder it stands in.</summary>
internal readonly record struct ScriptFile(string Path, string Name, string Suite);

/// <summary>Scripts by the words of a command line: files, or folders with all below them.</summary>
internal static class ScriptFiles
{
    private const long MaxOctets = 1 << 20;

    /// <exception cref="UsageException">Nothing is there.</exception>
    public static IEnumerable<ScriptFile> Find(IReadOnlyList<string> words)
    {
        foreach (string word in words)
        {
            if (Directory.Exists(word))
            {
                foreach (string path in Below(word))
                {
                    string inside = Path.GetRelativePath(word, path);
                    yield return new(path, inside, SuiteOf(word, inside));
                }
            }
            else if (File.Exists(word))
            {
                yield return new(word, word, Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(word))) ?? "");
            }
            else
            {
                throw new UsageException($"{word}: no such file or folder; name packetdrill scripts, or a folder of them");
            }
        }
    }

    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Read(ScriptFile file)
    {
        long length = new FileInfo(file.Path).Length;
        return length <= MaxOctets ? File.ReadAllText(file.Path)
            : throw new UsageException($"{file.Path}: {length} octets, more than any script; name packetdrill scripts");
    }

    private static string[] Below(string folder)
    {
        string[] found = Directory.GetFiles(folder, "*.pkt", SearchOption.AllDirectories);
        Array.Sort(found, StringComparer.Ordinal);
        return found.Length > 0 ? found : throw new UsageException($"{folder}: no *.pkt file in it");
    }

    /// <summary>The folder right below the one that was named; that one itself for scripts that stand in it.</summary>
    private static string SuiteOf(string folder, string inside)
    {
        int slash = inside.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? inside[..slash] : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
    }
}
