namespace TcpLens.Observation.Tests.Tracing;

public sealed class KeyedQueueTests
{
    [Fact]
    public void Elements_leave_by_age_whatever_their_keys()
    {
        KeyedQueue<int, int> queue = new(capacity: 3);
        queue.Add(7, 1);
        queue.Add(8, 2);
        queue.Add(7, 3);

        Assert.True(queue.IsFull);
        Assert.Equal(1, queue.Oldest);
        Assert.Equal([1, 2, 3], new[] { queue.TakeOldest(), queue.TakeOldest(), queue.TakeOldest() });
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Of_several_with_the_same_key_the_oldest_leaves_first()
    {
        KeyedQueue<int, int> queue = new(capacity: 10);
        queue.Add(7, 1);
        queue.Add(8, 2);
        queue.Add(7, 3);

        Assert.True(queue.TryTake(7, out int first));
        Assert.True(queue.TryTake(7, out int second));
        Assert.False(queue.TryTake(7, out _));
        Assert.Equal((1, 3, 2), (first, second, queue.Oldest));
    }

    [Fact]
    public void Any_order_of_adding_and_taking_gives_what_a_plain_list_gives()
    {
        const int seed = 20261207;
        Random random = new(seed);
        KeyedQueue<int, int> queue = new(capacity: 100);
        List<(int Key, int Value)> list = [];
        for (int step = 0; step < 20_000; step++)
        {
            int key = random.Next(30);
            int choice = random.Next(list.Count == 100 ? 3 : 6);
            if (choice > 2)
            {
                queue.Add(key, step);
                list.Add((key, step));
            }
            else if (choice > 0)
            {
                int at = list.FindIndex(element => element.Key == key);
                Assert.Equal(at >= 0, queue.TryTake(key, out int value));
                Assert.Equal(at >= 0 ? list[at].Value : 0, value);
                list.RemoveRange(Math.Max(at, 0), at < 0 ? 0 : 1);
            }
            else if (list.Count > 0)
            {
                Assert.Equal(list[0].Value, queue.TakeOldest());
                list.RemoveAt(0);
            }

            Assert.Equal(list.Count, queue.Count);
        }
    }
}
