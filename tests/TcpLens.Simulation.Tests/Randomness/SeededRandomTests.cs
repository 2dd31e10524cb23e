namespace TcpLens.Simulation.Tests;

public sealed class SeededRandomTests
{
    /// <summary>The first numbers of the published algorithm with SplitMix64's seeding: other implementations give the same.</summary>
    [Fact]
    public void The_numbers_of_seed_0_are_those_of_the_published_generator()
    {
        var random = new SeededRandom(0);
        Assert.Equal([0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0, 0x6aa5_94f1_262d_2d2c], new[] { random.Next(), random.Next(), random.Next(), random.Next() });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Numbers_below_a_bound_are_all_met_and_none_other(int bound)
    {
        var random = new SeededRandom(5);
        int[] met = new int[bound];
        for (int i = 0; i < bound * 100; i++)
        {
            met[random.Below(bound)]++;
        }

        Assert.DoesNotContain(0, met);
    }

    [Theory]
    [InlineData(0.0, 0, 0)]
    [InlineData(0.01, 800, 1200)]
    [InlineData(0.5, 49_000, 51_000)]
    [InlineData(1.0, 100_000, 100_000)]
    public void A_chance_comes_as_often_as_it_says(double probability, int least, int most)
    {
        var random = new SeededRandom(3);
        Assert.InRange(Enumerable.Range(0, 100_000).Count(_ => random.Chance(probability)), least, most);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(23)]
    public void Octets_are_filled_to_the_last_and_no_further(int length)
    {
        byte[] octets = new byte[32];
        var random = new SeededRandom(1);
        for (int i = 0; i < 64; i++)
        {
            byte[] more = new byte[32];
            random.Fill(more.AsSpan(0, length));
            for (int j = 0; j < octets.Length; j++)
            {
                octets[j] |= more[j];
            }
        }

        Assert.All(octets[..length], octet => Assert.Equal(0xff, octet));
        Assert.All(octets[length..], octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void A_fork_does_not_depend_on_what_is_taken_from_its_parent_afterwards()
    {
        var one = new SeededRandom(9);
        var other = new SeededRandom(9);
        SeededRandom child = one.Fork();
        SeededRandom twin = other.Fork();
        one.Next();
        Assert.Equal(child.Next(), twin.Next());
    }
}
