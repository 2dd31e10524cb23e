namespace TcpLens.Capture.Tests;

public sealed class HeavyHittersTests
{
    [Fact]
    public void Fewer_keys_than_places_are_counted_exactly()
    {
        var hitters = new HeavyHitters<string, long>(8);
        foreach (string word in "to be or not to be".Split(' '))
        {
            hitters.Add(word, 10)++;
        }

        Assert.Equal([("to", 20L, 0L, 2L), ("be", 20, 0, 2)], hitters.Top(2).Select(hitter => (hitter.Key, hitter.Weight, hitter.Error, hitter.Note)));
        Assert.Equal(4, hitters.Top(10).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_key_with_more_than_its_share_is_found_among_any_number_of_others_and_no_weight_is_too_low(int seed)
    {
        const int Capacity = 50;
        var random = new Random(seed);
        var truth = new Dictionary<int, long>();
        var hitters = new HeavyHitters<int, long>(Capacity);
        long total = 0;
        for (int i = 0; i < 20_000; i++)
        {
            int key = random.Next(4) == 0 ? random.Next(5) : random.Next(100, 10_000);
            long weight = random.Next(1, 100);
            hitters.Add(key, weight);
            truth[key] = truth.GetValueOrDefault(key) + weight;
            total += weight;
        }

        HeavyHitter<int, long>[] found = [.. hitters.Top(Capacity)];
        Assert.All(truth.Where(pair => pair.Value > total / Capacity), heavy => Assert.Contains(found, hitter => hitter.Key == heavy.Key));
        Assert.All(found, hitter => Assert.InRange(truth[hitter.Key], hitter.Weight - hitter.Error, hitter.Weight));
        Assert.All(found, hitter => Assert.InRange(hitter.Error, 0, total / Capacity));
    }

    [Fact]
    public void A_copy_goes_its_own_way()
    {
        var hitters = new HeavyHitters<string, long>(4);
        hitters.Add("a", 1);
        HeavyHitters<string, long> copy = hitters.Copy();
        copy.Add("a", 5);
        copy.Add("b", 9);

        Assert.Equal(1, Assert.Single(hitters.Top(4)).Weight);
        Assert.Equal(["b", "a"], copy.Top(4).Select(hitter => hitter.Key));
    }
}
