using System.Collections.Concurrent;
using System.Globalization;

namespace TcpLens.Simulation.Tests;

/// <summary>Whatever the weather and the programs, octets arrive in order, exactly once, or both ends hear of an error; and nothing is left.</summary>
public sealed class TrialTests
{
    /// <summary>In the environment: how many seeds (bench/simulation takes millions), and the first of them.</summary>
    private const string SeedsVariable = "TCPLENS_TRIALS";
    private const string FirstVariable = "TCPLENS_FIRST_SEED";

    [Fact]
    public void Octets_arrive_in_order_and_once_or_both_ends_hear_of_an_error()
    {
        var failures = new ConcurrentBag<(ulong Seed, string What)>();
        ulong first = Number(FirstVariable, 1);
        long complete = 0;
        long seeds = (long)Number(SeedsVariable, 2000);
        Parallel.For(0, seeds, (at, loop) =>
        {
            Trial trial = Trial.Run(first + (ulong)at);
            Interlocked.Add(ref complete, trial.IsComplete ? 1 : 0);
            if (trial.Failure is { } failure)
            {
                failures.Add((first + (ulong)at, failure));
                if (failures.Count >= 20)
                {
                    loop.Stop();
                }
            }
        });

        Assert.True(failures.IsEmpty, "seeds that failed (" + FirstVariable + "=SEED " + SeedsVariable + "=1 runs one alone):\n"
            + string.Join('\n', failures.OrderBy(static one => one.Seed).Select(static one => $"{one.Seed}: {one.What}")));
        Assert.InRange(complete, seeds / 3, seeds);   // Most trials must be such that everything can arrive.
    }

    private static ulong Number(string variable, ulong otherwise)
        => ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : otherwise;
}
