namespace TcpLens.Observation.Tests.Filters;

/// <summary>One socket's surroundings, told by the test.</summary>
internal sealed class FakeContext : ISocketContext
{
    public SocketDetail? Detail { get; init; }

    public SocketHolder[] Holders { get; init; } = [];

    public string? Cgroup { get; init; }

    public string? Container { get; init; }

    public string? Namespace { get; init; }

    public TimeSpan? Age { get; init; }

    public SocketDetail? DetailOf(in SocketEntry entry) => Detail;

    public ReadOnlySpan<SocketHolder> HoldersOf(in SocketEntry entry) => Holders;

    public string? CgroupOf(in SocketEntry entry) => Cgroup;

    public string? ContainerOf(in SocketEntry entry) => Container;

    public string? NamespaceName(uint inode) => Namespace;

    public string? UserName(uint userId) => null;

    public string? InterfaceName(uint index) => null;

    public TimeSpan? AgeOf(in SocketEntry entry) => Age;
}
