namespace TcpLens.Architecture.Tests;

/// <summary>The map of ARCHITECTURE.md: a project may reference only what it points to here.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Protocol"] = [],
        ["Observation"] = ["Protocol"],
        ["Linux"] = ["Observation", "Protocol"],
        ["Capture"] = ["Observation", "Protocol"],
        ["Diagnosis"] = ["Observation", "Protocol"],
        ["Stack"] = ["Protocol"],
        ["Simulation"] = ["Protocol", "Stack"],
        ["Lab"] = ["Linux", "Observation", "Protocol", "Simulation", "Stack"],
        ["Cli"] = ["Capture", "Diagnosis", "Lab", "Linux", "Observation", "Protocol", "Simulation", "Stack"],
    };

    [Fact]
    public void Every_room_is_on_the_map()
        => Assert.Equal(Allowed.Keys.Select(name => "TcpLens." + name).Order(), Repository.Projects);

    [Fact]
    public void No_room_references_what_the_map_does_not_allow()
    {
        foreach ((string room, string[] allowed) in Allowed)
        {
            Assert.Empty(Repository.ProjectReferences("TcpLens." + room).Except(allowed));
        }
    }

    [Theory]
    [InlineData("TcpLens.Protocol")]
    [InlineData("TcpLens.Observation")]
    [InlineData("TcpLens.Diagnosis")]
    [InlineData("TcpLens.Stack")]
    [InlineData("TcpLens.Simulation")]
    public void The_cores_need_no_package(string project) => Assert.Empty(Repository.PackageReferences(project));

    [Fact]
    public void Only_Linux_calls_native_code()
    {
        foreach (string project in Repository.Projects.Where(name => name != "TcpLens.Linux"))
        {
            foreach (string source in Repository.Sources(project))
            {
                string text = File.ReadAllText(source);
                Assert.False(text.Contains("LibraryImport") || text.Contains("DllImport"), $"{source} calls native code");
            }
        }
    }

    [Fact]
    public void Every_room_has_its_tests()
    {
        foreach (string project in Repository.Projects)
        {
            Assert.True(Directory.Exists(Path.Combine(Repository.Root, "tests", project + ".Tests")), $"{project} has no tests");
        }
    }

    [Theory]
    [InlineData("NotImplementedException")]
    [InlineData("TODO")]
    [InlineData("FIXME")]
    public void No_source_is_left_unfinished(string mark)
    {
        foreach (string source in Repository.Projects.SelectMany(Repository.Sources))
        {
            Assert.False(File.ReadAllText(source).Contains(mark), $"{source} says {mark}");
        }
    }
}
