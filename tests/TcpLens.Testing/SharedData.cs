namespace TcpLens.Testing;

/// <summary>Where things lie, seen from the tests: this repository, and real data of others beside it, with its licences and no part of it.</summary>
public static class SharedData
{
    /// <summary>The repository.</summary>
    public static string Repository { get; } = Above("TcpLens.slnx", File.Exists);

    /// <summary>Packet scripts of five suites, and tables made of them.</summary>
    public static string Conformance => Beside("shared/data/conformance");

    /// <summary>Real captures, and what independent tools say of them.</summary>
    public static string Captures => Beside("shared/data/captures");

    private static string Beside(string folder) => Path.Combine(Above(folder, Directory.Exists), folder);

    private static string Above(string wanted, Func<string, bool> exists)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !exists(Path.Combine(folder, wanted)))
        {
            folder = Path.GetDirectoryName(folder.TrimEnd('/'));
        }

        return folder ?? throw new DirectoryNotFoundException($"no {wanted} at or above {AppContext.BaseDirectory}: tests need it");
    }
}
