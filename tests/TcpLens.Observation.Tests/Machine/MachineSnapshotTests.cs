using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Machine;

public sealed class MachineSnapshotTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 1)]
    [InlineData(0, 4096, 0)]
    [InlineData(64, 128, 0.5)]
    [InlineData(129, 128, 1.0078125)]
    public void A_listeners_queue_share_is_its_length_by_its_limit(uint waiting, uint limit, double share)
        => Assert.Equal(share, new Listener(Listening with { ReceiveQueue = waiting, SendQueue = limit }, Drops: null).QueueShare);

    [Fact]
    public void Namespaces_are_equal_by_inode_and_shown_by_the_best_name_they_have()
    {
        NetworkNamespace bare = new(4026532001);
        NetworkNamespace owned = bare with { Owner = new ProcessRef(77, "nginx") };
        NetworkNamespace contained = owned with { Container = "web" };
        NetworkNamespace named = contained with { Names = ["blue", "azure"] };

        Assert.Equal(
            ["4026532001", "nginx/77", "web", "blue", "host"],
            ((NetworkNamespace[])[bare, owned, contained, named, named with { IsHost = true }]).Select(place => place.DisplayName));
        Assert.Equal(bare, named);
        Assert.NotEqual(bare, new NetworkNamespace(4026532002));
    }

    private static SocketEntry Listening { get; } = new()
    {
        State = TcpState.Listen,
        Family = IpFamily.V4,
        Local = default,
        Remote = default,
    };
}
