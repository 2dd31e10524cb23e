using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>Held ranges and the octets beyond a queue's end against the plainest model: one flag and one octet for each number.</summary>
public sealed class HeldRangesTests
{
    private const int Numbers = 400;

    [Fact]
    public void Ranges_are_those_of_a_set_of_numbers_wherever_the_circle_begins()
    {
        var random = new Random(20261122);
        for (int round = 0; round < 2000; round++)
        {
            Check(random, new SeqNum((uint)random.NextInt64(1L << 32)));
        }
    }

    [Fact]
    public void One_range_too_many_is_refused_and_one_that_joins_is_not()
    {
        HeldRanges held = default;
        for (uint i = 0; i < HeldRanges.Capacity; i++)
        {
            SackBlock added = Block(default, 10 * i, (10 * i) + 5);
            Assert.True(held.CanAdd(added));
            held.Add(added);
        }

        Assert.False(held.CanAdd(Block(default, 5000, 5001)));
        SackBlock bridge = Block(default, 5, 10);
        Assert.True(held.CanAdd(bridge));
        Assert.Equal(Block(default, 0, 15), held.Add(bridge));
        Assert.Equal(HeldRanges.Capacity - 1, held.Count);
    }

    private static void Check(Random random, SeqNum origin)
    {
        HeldRanges held = default;
        bool[] model = new bool[Numbers];
        for (int i = 0; i < 12; i++)
        {
            int left = random.Next(1, Numbers - 1), right = Math.Min(left + random.Next(1, 60), Numbers);
            SackBlock added = Block(origin, (uint)left, (uint)right);
            bool hadSome = Array.IndexOf(model, true, left, right - left) >= 0;
            Assert.Equal(hadSome, held.Overlap(added) != default);
            Assert.Equal(Array.IndexOf(model, false, left, right - left) >= 0, held.TryFindGap(added, out _));
            held.Add(added);
            model.AsSpan(left..right).Fill(true);
            Assert.Equal(RangesOf(model, origin), Enumerable.Range(0, held.Count).Select(at => held[at]));
        }

        int first = Array.IndexOf(model, true);
        SeqNum end = held.Absorb(origin + (uint)first);
        Assert.Equal(Array.IndexOf(model, false, first) is var hole and >= 0 ? hole : Numbers, end - origin);
        held.Clear();
    }

    private static List<SackBlock> RangesOf(bool[] model, SeqNum origin)
    {
        var ranges = new List<SackBlock>();
        for (int at = Array.IndexOf(model, true); at >= 0;)
        {
            int end = Array.IndexOf(model, false, at) is var hole and >= 0 ? hole : model.Length;
            ranges.Add(Block(origin, (uint)at, (uint)end));
            at = end == model.Length ? -1 : Array.IndexOf(model, true, end);
        }

        return ranges;
    }

    private static SackBlock Block(SeqNum origin, uint left, uint right) => new(origin + left, origin + right);
}
