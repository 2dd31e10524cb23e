using System.CommandLine;
using TcpLens.Cli.Explain;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Explain;

/// <summary>What pages tell people to type can be typed.</summary>
[Collection(DocumentationTests.CommandTree)]
public sealed class CatalogCommandsTests
{
    public static TheoryData<string> Commands
        => [.. ErrnoCatalog.All.SelectMany(page => page.OnTcp?.NextSteps ?? []).Select(step => step.Command).Where(command => command.StartsWith("tcplens ", StringComparison.Ordinal)).Distinct()];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_on_a_page_of_an_errno_can_be_typed(string line)
    {
        string[] words = [.. line.Split(' ').Skip(1).Select(word => word.Trim('\''))];
        ParseResult result = CommandLine.Build().Parse(words);

        Assert.Empty(result.Errors);
        Assert.Null(CommandLine.UnknownOption(result));
        if (words[0] == "explain")
        {
            Assert.NotNull(ExplainTopics.Find(string.Join(' ', words[1..])));
        }
        else
        {
            string filter = string.Join(' ', words[1..].TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal)));
            Assert.Null(SocketFilter.Parse(filter, new NoNames()).Failure);
        }
    }

    [Fact]
    public void What_the_page_of_a_reason_points_to_can_be_explained()
        => Assert.All(DropReasonCatalog.All.Concat(ResetReasonCatalog.All).SelectMany(page => page.SeeAlso).Distinct(), name => Assert.True(ExplainTopics.Find(name) is { } and not DropTopic and not ResetTopic, name));

    private sealed class NoNames : INameLookup
    {
        public PortRange EphemeralPorts => new(32768, 60999);

        public IReadOnlyList<ushort> Ports(string service) => [];

        public IReadOnlyList<HostAddress> Addresses(string host) => [];

        public uint? InterfaceIndex(string name) => null;

        public uint? UserId(string name) => null;

        public ulong? CgroupId(string path) => null;
    }
}
