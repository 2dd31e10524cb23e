using System.Text;

namespace TcpLens.Observation.Tests.Counters;

public sealed class CounterDifferenceTests
{
    [Fact]
    public void A_counter_has_an_increase_and_a_rate_and_a_gauge_may_fall()
    {
        CounterDifference difference = Difference("Tcp: ActiveOpens CurrEstab\nTcp: 10 9\n", "Tcp: ActiveOpens CurrEstab\nTcp: 16 4\n", seconds: 2);

        Assert.Equal(6, difference["Tcp.ActiveOpens"]);
        Assert.Equal(-5, difference["Tcp.CurrEstab"]);
        Assert.Equal([3.0, -2.5], difference.All.ToArray().Select(change => change.PerSecond));
    }

    [Fact]
    public void A_counter_that_went_backwards_is_unknown()
    {
        CounterDifference difference = Difference("Tcp: ActiveOpens\nTcp: 10\n", "Tcp: ActiveOpens\nTcp: 9\n", seconds: 1);

        Assert.Null(difference["Tcp.ActiveOpens"]);
        Assert.Equal(9, difference.All[0].Value);
        Assert.Null(difference.All[0].PerSecond);
        Assert.Empty(difference.Moved());
    }

    [Fact]
    public void Samples_with_different_names_are_compared_by_name()
    {
        CounterDifference difference = Difference("A: x y\nA: 1 2\n", "A: new y x\nA: 100 5 1\n", seconds: 1);

        Assert.Null(difference["A.new"]);
        Assert.Equal(3, difference["A.y"]);
        Assert.Equal(0, difference["A.x"]);
        Assert.Equal(["A.y"], difference.Moved().Select(change => change.Name.Text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Without_a_time_between_there_are_changes_but_no_rates(double seconds)
    {
        CounterDifference difference = Difference("A: x\nA: 1\n", "A: x\nA: 4\n", seconds);

        Assert.Equal(3, difference["A.x"]);
        Assert.Null(difference.All[0].PerSecond);
    }

    private static CounterDifference Difference(string earlier, string later, double seconds)
        => CounterSet.Difference(Set(later), Set(earlier), TimeSpan.FromSeconds(seconds));

    private static CounterSet Set(string text)
    {
        CounterSetBuilder builder = new(new CounterNames());
        CounterText.ParseTables(Encoding.UTF8.GetBytes(text), builder);
        return builder.Build();
    }
}
