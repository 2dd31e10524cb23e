using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Protocol.Tests;

public sealed class InstantTests
{
    [Fact]
    public void A_span_added_comes_back_as_the_difference()
        => Prop.ForAll<DoNotSize<long>, int>((start, ticks) =>
        {
            Instant from = new(start.Item / 4);
            return from + new TimeSpan(ticks) - from == new TimeSpan(ticks);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Order_is_that_of_the_nanoseconds()
        => Prop.ForAll<long, long>((a, b) => new Instant(a) < new Instant(b) == a < b
            && new Instant(a) > new Instant(b) == a > b
            && new Instant(a) <= new Instant(b) == a <= b
            && new Instant(a) >= new Instant(b) == a >= b
            && new Instant(a).CompareTo(new Instant(b)) == a.CompareTo(b)).QuickCheckThrowOnFailure();

    [Fact]
    public void Time_beyond_the_range_is_never_and_not_the_past()
    {
        Assert.Equal(Instant.Never, new Instant(long.MaxValue - 1) + TimeSpan.FromDays(1));
        Assert.Equal(Instant.Never, Instant.Never + TimeSpan.MaxValue);
        Assert.Equal(long.MinValue, (new Instant(0) + TimeSpan.MinValue).Nanoseconds);
    }
}
