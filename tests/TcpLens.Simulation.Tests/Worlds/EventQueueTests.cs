using TcpLens.Protocol;

namespace TcpLens.Simulation.Tests;

public sealed class EventQueueTests
{
    [Fact]
    public void Events_of_one_instant_come_in_the_order_in_which_they_were_put_in()
    {
        var queue = new EventQueue();
        Nothing[] events = [.. Enumerable.Range(0, 100).Select(_ => new Nothing())];
        foreach (Nothing one in events)
        {
            queue.Set(one, new(5));
        }

        Assert.Equal(events, Enumerable.Range(0, 100).Select(_ => queue.Take()));
        Assert.Equal(Instant.Never, queue.Next);
    }

    /// <summary>Against a sorted list, with events that are put in, moved and taken out at random.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_next_is_always_the_earliest_whatever_was_moved(ulong seed)
    {
        var random = new SeededRandom(seed);
        var queue = new EventQueue();
        Nothing[] events = [.. Enumerable.Range(0, 200).Select(_ => new Nothing())];
        var expected = new Dictionary<WorldEvent, long>();
        for (int step = 0; step < 20_000; step++)
        {
            Nothing one = events[random.Below(events.Length)];
            long at = random.Below(1000L);
            if (random.Chance(0.2))
            {
                queue.Set(one, Instant.Never);
                expected.Remove(one);
            }
            else if (random.Chance(0.2) && queue.Count > 0)
            {
                long earliest = expected.Values.Min();
                Assert.Equal(earliest, queue.Next.Nanoseconds);
                WorldEvent first = queue.Take();
                Assert.Equal(earliest, expected[first]);
                expected.Remove(first);
            }
            else
            {
                queue.Set(one, new(at));
                expected[one] = at;
            }

            Assert.Equal(expected.Count, queue.Count);
        }
    }

    private sealed class Nothing : WorldEvent
    {
        public override void Happen(Instant now)
        {
        }
    }
}
