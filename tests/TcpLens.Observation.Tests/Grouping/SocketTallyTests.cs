using TcpLens.Observation.Tests.Filters;
using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Grouping;

public sealed class SocketTallyTests
{
    private static readonly SocketEntry One = Entry(TcpState.Established, "10.0.0.1", 443);
    private static readonly SocketEntry Two = Entry(TcpState.CloseWait, "10.0.0.2", 443);

    [Fact]
    public void Groups_come_largest_first_with_the_values_of_every_dimension()
    {
        SocketTally tally = Tally(Dimension.RemoteAddress, Dimension.RemotePort, Dimension.State);
        tally.Add(in One);
        tally.Add(in Two);
        tally.Add(in Two);

        List<SocketGroup> groups = tally.Groups();
        Assert.Equal([2, 1], groups.Select(group => group.Count));
        Assert.Equal("10.0.0.2", tally.ValueOf(groups[0], 0).Name);
        Assert.Equal(443u, tally.ValueOf(groups[0], 1).Number);
        Assert.Equal(TcpState.CloseWait, tally.ValueOf(groups[0], 2).State);
        Assert.Equal(3, tally.Total);
    }

    [Fact]
    public void Four_dimensions_do_not_run_into_each_other()
    {
        SocketTally tally = Tally(Dimension.State, Dimension.RemotePort, Dimension.User, Dimension.LocalPort);
        tally.Add(One with { UserId = uint.MaxValue, Local = new(HostAddress.AnyV4, ushort.MaxValue) });

        SocketGroup group = Assert.Single(tally.Groups());
        Assert.Equal((uint)TcpState.Established, tally.ValueOf(group, 0).Number);
        Assert.Equal(443u, tally.ValueOf(group, 1).Number);
        Assert.Equal(uint.MaxValue, tally.ValueOf(group, 2).Number);
        Assert.Equal(ushort.MaxValue, tally.ValueOf(group, 3).Number);
    }

    [Fact]
    public void A_second_round_starts_from_zero_and_knows_the_change()
    {
        SocketTally tally = Tally(Dimension.State);
        tally.StartRound();
        tally.Add(in One);
        Assert.False(tally.HasBefore);

        tally.StartRound();
        tally.Add(in One);
        tally.Add(in One);
        Assert.True(tally.HasBefore);
        Assert.Equal(1, tally.ChangeOf(tally.GroupOf(TcpState.Established)));
        Assert.Equal(0, tally.ChangeOf(tally.GroupOf(TcpState.Listen)));

        tally.StartRound();
        Assert.Equal(-2, tally.ChangeOf(tally.GroupOf(TcpState.Established)));
    }

    [Fact]
    public void A_restart_forgets_this_round_only()
    {
        SocketTally tally = Tally(Dimension.State);
        tally.Add(in One);
        tally.StartRound();
        tally.Add(in Two);
        tally.Restart();

        Assert.Equal(0, tally.Total);
        Assert.Empty(tally.Groups());
        Assert.Equal(-1, tally.ChangeOf(tally.GroupOf(TcpState.Established)));
    }

    [Fact]
    public void More_groups_than_the_bound_are_counted_as_others()
    {
        SocketTally tally = Tally(Dimension.User);
        for (uint user = 0; user < SocketTally.MaxGroups + 3; user++)
        {
            tally.Add(One with { UserId = user });
        }

        tally.Add(One with { UserId = 7 });
        Assert.Equal(3, tally.Others);
        Assert.Equal(SocketTally.MaxGroups + 4, tally.Total);
        Assert.Equal(2, tally.Groups()[0].Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void No_dimension_and_too_many_are_refused(int count)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new SocketTally(new Dimension[count], new FakeContext()));

    [Fact]
    public void Every_dimension_has_a_name_that_leads_back_to_it()
    {
        foreach (Dimension dimension in Enum.GetValues<Dimension>())
        {
            Assert.True(Dimensions.TryParse(Dimensions.NameOf(dimension), out Dimension parsed));
            Assert.Equal(dimension, parsed);
        }

        Assert.False(Dimensions.TryParse("sate", out _));
    }

    private static SocketTally Tally(params Dimension[] dimensions) => new(dimensions, new FakeContext());

    private static SocketEntry Entry(TcpState state, string remote, ushort port) => new()
    {
        State = state,
        Family = IpFamily.V4,
        Local = new Endpoint(HostAddress.AnyV4, 40000),
        Remote = new Endpoint(HostAddress.Parse(remote)!.Value, port),
    };
}
