using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Protocol.Tests;

// DoNotSize: the whole circle, where FsCheck's plain integers stay near zero and never meet the wrap.
public sealed class SeqNumTests
{
    private const uint Half = 1u << 31;

    [Fact]
    public void A_number_is_before_every_number_less_than_half_the_circle_ahead_across_every_wrap()
        => Prop.ForAll<DoNotSize<uint>, DoNotSize<uint>>((start, step32) =>
        {
            uint step = step32.Item;
            SeqNum here = new(start.Item);
            SeqNum there = here + step;
            bool ahead = step is > 0 and < Half;
            return here.IsBefore(there) == (ahead || step == Half) && there.IsAfter(here) == here.IsBefore(there);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Distance_undoes_addition_across_every_wrap()
        => Prop.ForAll<DoNotSize<uint>, DoNotSize<int>>((start, step) =>
        {
            SeqNum here = new(start.Item);
            SeqNum there = here + unchecked((uint)step.Item);
            return there - here == step.Item;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_window_holds_exactly_its_octets_wherever_it_begins()
        => Prop.ForAll<DoNotSize<uint>, DoNotSize<uint>, DoNotSize<uint>>((start, size, step) =>
        {
            WindowSize window = WindowSize.Saturate(size.Item);
            SeqNum first = new(start.Item);
            return (first + step.Item).IsInside(first, window) == step.Item < window.Octets;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0xffff_ffff, 0, true)]
    [InlineData(0, 0xffff_ffff, false)]
    [InlineData(5, 5, false)]
    [InlineData(0x7fff_ffff, 0x8000_0000, true)]
    [InlineData(0, 0x7fff_ffff, true)]
    [InlineData(1, 0x8000_0002, false)]
    public void Before_follows_the_shorter_way_round(uint first, uint second, bool isBefore)
        => Assert.Equal(isBefore, new SeqNum(first).IsBefore(new SeqNum(second)));

    [Fact]
    public void An_empty_window_holds_nothing_not_even_its_start()
        => Assert.False(new SeqNum(7).IsInside(new SeqNum(7), WindowSize.Zero));

    [Fact]
    public void A_window_across_the_wrap_holds_both_sides()
    {
        SeqNum start = new(0xffff_fffe);
        Assert.True(new SeqNum(0xffff_ffff).IsInside(start, new WindowSize(4)));
        Assert.True(new SeqNum(1).IsInside(start, new WindowSize(4)));
        Assert.False(new SeqNum(2).IsInside(start, new WindowSize(4)));
        Assert.False(new SeqNum(0xffff_fffd).IsInside(start, new WindowSize(4)));
    }

    [Fact]
    public void Sequence_numbers_offer_no_order_to_sort_by()
        => Assert.False(typeof(IComparable).IsAssignableFrom(typeof(SeqNum)) || typeof(IComparable<SeqNum>).IsAssignableFrom(typeof(SeqNum)));
}
