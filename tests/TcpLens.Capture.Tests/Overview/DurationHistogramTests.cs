namespace TcpLens.Capture.Tests;

public sealed class DurationHistogramTests
{
    [Fact]
    public void Without_samples_everything_is_zero_and_there_is_no_step()
    {
        var histogram = new DurationHistogram();
        Assert.Equal(0, histogram.Percentile(0.5));
        Assert.Empty(histogram.Steps(10));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_percentile_is_within_a_sixteenth_of_the_truth(int seed)
    {
        var random = new Random(seed);
        long[] samples = [.. Enumerable.Range(0, 5000).Select(_ => (long)Math.Exp(random.NextDouble() * 25))];
        var histogram = new DurationHistogram();
        Array.ForEach(samples, histogram.Add);
        Array.Sort(samples);
        foreach (double part in new[] { 0.01, 0.5, 0.9, 0.99, 1 })
        {
            long truth = samples[(int)Math.Ceiling(part * samples.Length) - 1];
            Assert.InRange(histogram.Percentile(part), truth - (truth / 16) - 1, truth + (truth / 16) + 1);
        }

        Assert.Equal((samples[0], samples[^1]), (histogram.Least, histogram.Most));
    }

    [Theory]
    [InlineData(new long[] { 0 })]
    [InlineData(new long[] { 1, 1, 1 })]
    [InlineData(new long[] { 7, 8, 9, 15, 16, 17 })]
    [InlineData(new long[] { 3, 1_000_000, 2_500_000_000_000 })]
    [InlineData(new long[] { long.MaxValue, 1, -5 })]
    public void Steps_hold_every_sample_once_and_are_as_few_as_asked(long[] samples)
    {
        var histogram = new DurationHistogram();
        Array.ForEach(samples, histogram.Add);
        for (int most = 1; most <= 64; most++)
        {
            IReadOnlyList<DurationStep> steps = histogram.Steps(most);
            Assert.InRange(steps.Count, 1, most);
            Assert.Equal(samples.Length, steps.Sum(step => step.Count));
            Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        }
    }
}
