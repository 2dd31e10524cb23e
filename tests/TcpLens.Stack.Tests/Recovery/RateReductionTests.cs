namespace TcpLens.Stack.Tests;

/// <summary>RFC 6937 and its successor, in segments of one octet.</summary>
public sealed class RateReductionTests
{
    [Fact]
    public void While_more_is_in_flight_than_the_threshold_seven_are_sent_for_ten_that_arrive()
    {
        var rate = new RateReduction();
        rate.Start(100);
        int sent = 0, pipe = 100;
        for (int i = 0; i < 50; i++)
        {
            pipe--;
            int window = rate.Window(pipe, 70, 1, true, 1);
            rate.OnSent(window - pipe);
            sent += window - pipe;
            pipe = window;
        }

        Assert.Equal(35, sent);
    }

    [Fact]
    public void Below_the_threshold_it_grows_back_as_slow_start_does_and_only_as_what_is_sent_again_arrives()
    {
        var rate = new RateReduction();
        rate.Start(100);
        rate.OnSent(1);
        Assert.Equal(20 + 2, rate.Window(20, 70, 2, false, 1));
        rate.OnSent(2);
        Assert.Equal(20 + 3, rate.Window(20, 70, 2, true, 1));
        Assert.Equal(70, rate.Window(69, 70, 40, true, 1));
    }

    [Fact]
    public void The_first_retransmission_is_not_held_back()
    {
        var rate = new RateReduction();
        rate.Start(100);
        Assert.Equal(99 + 1, rate.Window(99, 70, 0, false, 1));
        Assert.Equal(96, rate.Window(95, 50, 1, false, 1));
    }
}
