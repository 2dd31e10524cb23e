using TcpLens.Observation;

namespace TcpLens.Linux.Tests;

public sealed class OwnerMemoryTests
{
    private static readonly SocketHolder First = new(new ProcessRef(1, "first"), 10);
    private static readonly SocketHolder Second = new(new ProcessRef(2, "second"), 20);

    [Fact]
    public void A_connection_that_nobody_holds_any_more_still_has_its_last_holders()
    {
        OwnerMemory memory = new();
        memory.Remember(7, [First]);
        memory.Remember(8, [First, Second]);
        memory.Remember(7, []);   // TIME_WAIT: no holder is no news.
        Assert.Equal([First], memory.Recall(7).ToArray());
        Assert.Equal([First, Second], memory.Recall(8).ToArray());
        Assert.True(memory.Recall(9).IsEmpty);
    }

    [Fact]
    public void New_holders_take_the_place_of_the_old()
    {
        OwnerMemory memory = new();
        memory.Remember(7, [First, Second]);
        memory.Remember(7, [Second]);
        Assert.Equal([Second], memory.Recall(7).ToArray());
        memory.Remember(7, [Second, First]);
        Assert.Equal([Second, First], memory.Recall(7).ToArray());
        Assert.Equal(1, memory.Count);
    }

    [Fact]
    public void A_socket_without_a_cookie_is_not_remembered()
    {
        OwnerMemory memory = new();
        memory.Remember(0, [First]);
        Assert.Equal(0, memory.Count);
        Assert.True(memory.Recall(0).IsEmpty);
    }

    [Fact]
    public void When_full_the_one_not_seen_for_longest_is_forgotten_and_counted()
    {
        OwnerMemory memory = new(capacity: 3);
        memory.Remember(1, [First]);
        memory.Remember(2, [First]);
        memory.Remember(3, [First]);
        memory.Remember(1, [Second]);   // Seen again: 2 is the oldest now.
        memory.Remember(4, [First]);
        Assert.True(memory.Recall(2).IsEmpty);
        Assert.Equal([Second], memory.Recall(1).ToArray());
        Assert.Equal([First], memory.Recall(3).ToArray());
        Assert.Equal([First], memory.Recall(4).ToArray());
        Assert.Equal((3, 1L), (memory.Count, memory.Forgotten));
    }

    [Fact]
    public void Any_number_of_connections_leaves_the_newest()
    {
        OwnerMemory memory = new(capacity: 1000);
        for (ulong cookie = 1; cookie <= 10_000; cookie++)
        {
            memory.Remember(cookie, cookie % 2 == 0 ? [First] : [First, Second]);
        }

        Assert.Equal((1000, 9000L), (memory.Count, memory.Forgotten));
        for (ulong cookie = 1; cookie <= 10_000; cookie++)
        {
            int expected = cookie <= 9000 ? 0 : cookie % 2 == 0 ? 1 : 2;
            Assert.Equal(expected, memory.Recall(cookie).Length);
        }
    }
}
