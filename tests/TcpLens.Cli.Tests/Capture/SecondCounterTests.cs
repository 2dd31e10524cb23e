namespace TcpLens.Cli.Tests;

public sealed class SecondCounterTests
{
    [Fact]
    public void Without_a_threshold_the_first_is_one_too_many() => Assert.True(new SecondCounter(0).IsExceededAt(1));

    [Fact]
    public void So_many_in_a_second_are_not_yet_too_many_and_one_more_is()
    {
        var counter = new SecondCounter(3);

        Assert.Equal([false, false, false, true, true], new[] { 0.0, 0.1, 0.2, 0.3, 0.4 }.Select(second => counter.IsExceededAt((long)(second * 1e9))));
    }

    [Fact]
    public void The_second_slides_with_the_events()
    {
        var counter = new SecondCounter(2);

        Assert.Equal([false, false, false, false, true], new[] { 0.0, 0.9, 1.8, 2.0, 2.7 }.Select(second => counter.IsExceededAt((long)(second * 1e9))));
    }
}
