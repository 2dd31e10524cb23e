namespace TcpLens.Testing;

/// <summary>Real data of others that lies beside the project, with its licences, and is no part of it.</summary>
public static class SharedData
{
    /// <summary>The repository.</summary>
    public static string Root { get; } = Above("TcpLens.slnx", File.Exists);

    /// <summary>Packet scripts of five suites, and tables made of them.</summary>
    public static string Conformance { get; } = Path.Combine(Above("shared/data/conformance", Directory.Exists), "shared/data/conformance");

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
