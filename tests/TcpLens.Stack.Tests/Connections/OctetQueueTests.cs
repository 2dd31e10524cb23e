namespace TcpLens.Stack.Tests;

public sealed class OctetQueueTests
{
    [Fact]
    public void It_gives_what_it_took_through_any_sequence_of_writes_and_removals()
    {
        var random = new Random(7);
        OctetQueue queue = default;
        var model = new Queue<byte>();
        byte[] octets = new byte[5000];
        for (int i = 0; i < 20_000; i++)
        {
            if (random.Next(2) == 0 && queue.Length < 100_000)
            {
                Span<byte> some = octets.AsSpan(0, random.Next(octets.Length));
                random.NextBytes(some);
                queue.Append(some);
                some.ToArray().ToList().ForEach(model.Enqueue);
            }
            else
            {
                int length = random.Next(queue.Length + 1);
                byte[] expected = [.. Enumerable.Range(0, length).Select(_ => model.Dequeue())];
                Assert.True(queue.Slice(0, length).SequenceEqual(expected));
                queue.RemoveFirst(length);
            }

            Assert.Equal(model.Count, queue.Length);
        }
    }

    [Fact]
    public void What_is_written_beyond_the_end_waits_there()
    {
        OctetQueue queue = default;
        queue.Append([1, 2]);
        queue.Write(4, [5, 6]);
        queue.Write(2, [3, 4]);
        Assert.Equal(2, queue.Length);
        queue.RemoveFirst(2);
        queue.Extend(4);
        Assert.Equal([3, 4, 5, 6], queue.Slice(0, 4).ToArray());
    }

    [Fact]
    public void Nothing_in_it_holds_no_memory()
    {
        OctetQueue queue = default;
        queue.Append(new byte[100]);
        Assert.True(queue.Capacity >= 100);
        queue.RemoveFirst(100);
        Assert.Equal(0, queue.Capacity);
    }
}
