using System.Xml.Linq;

namespace TcpLens.Architecture.Tests;

/// <summary>The sources as they stand: the tests read project files and code as text, so nothing has to be loaded.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Projects
        => Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(folder => Path.GetFileName(folder)!).Order();

    public static string[] ProjectReferences(string project)
        => [.. Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path).Replace("TcpLens.", "")).Order()];

    public static string[] PackageReferences(string project) => [.. Items(project, "PackageReference").Order()];

    public static IEnumerable<string> Sources(string project)
        => Directory.EnumerateFiles(Path.Combine(Root, "src", project), "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> Items(string project, string kind)
        => XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj")).Descendants(kind)
            .Select(item => item.Attribute("Include")!.Value);

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TcpLens.slnx")))
        {
            folder = Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new InvalidOperationException("no TcpLens.slnx above the tests");
        }

        return folder;
    }
}
