namespace TcpLens.Simulation.Tests;

/// <summary>Whatever the weather and the programs, octets arrive in order, exactly once, or both ends hear of an error; and nothing is left.</summary>
public sealed class TrialTests
{
    [Fact]
    public void Octets_arrive_in_order_and_once_or_both_ends_hear_of_an_error()
    {
        long complete = 0;
        long seeds = Seeds.All(4_000, seed =>
        {
            Trial trial = Trial.Run(seed);
            Interlocked.Add(ref complete, trial.IsComplete ? 1 : 0);
            return trial.Failure;
        });

        Assert.True(seeds < 100 || complete > seeds / 2, $"only {complete} of {seeds} trials were such that everything could arrive");
    }

    [Fact]
    public void A_seed_gives_the_same_trial_again()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using var first = new MemoryStream();
            using var second = new MemoryStream();
            _ = Trial.Run(seed, first);
            _ = Trial.Run(seed, second);
            Assert.True(first.ToArray().AsSpan().SequenceEqual(second.ToArray()), $"seed {seed}");
        }
    }
}
