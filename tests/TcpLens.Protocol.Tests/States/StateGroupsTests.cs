namespace TcpLens.Protocol.Tests;

public sealed class StateGroupsTests
{
    [Theory]
    [InlineData("all", 0x0ffe)]
    [InlineData("connected", 0x0b7e)]
    [InlineData("synchronized", 0x0b7a)]
    [InlineData("bucket", 0x0048)]
    [InlineData("big", 0x0fb6)]
    [InlineData("Connected", 0x0b7e)]
    [InlineData("time-wait", 0x0040)]
    [InlineData("ESTAB", 0x0002)]
    public void A_group_is_the_set_that_ss_means_by_it(string text, ushort mask)
    {
        Assert.True(StateGroups.TryParse(text, out StateSet set));
        Assert.Equal(new StateSet(mask), set);
    }

    [Theory]
    [InlineData("")]
    [InlineData("everything")]
    public void What_is_neither_group_nor_state_is_refused(string text)
    {
        Assert.False(StateGroups.TryParse(text, out StateSet set));
        Assert.Equal(StateSet.None, set);
    }

    [Fact]
    public void The_default_of_ss_leaves_out_listeners_closed_and_mini_sockets()
        => Assert.Equal(
            ~StateSet.Of(TcpState.Listen, TcpState.Closed, TcpState.TimeWait, TcpState.SynReceived), StateGroups.Default);
}
