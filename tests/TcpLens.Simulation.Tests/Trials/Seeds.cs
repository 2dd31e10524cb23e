using System.Collections.Concurrent;
using System.Globalization;

namespace TcpLens.Simulation.Tests;

/// <summary>Runs a property for many seeds on all processors. Seeds that fail are told with what went wrong; any of them can be run alone.</summary>
internal static class Seeds
{
    /// <summary>In the environment: how many seeds (bench/simulation takes millions), and the first of them.</summary>
    private const string CountVariable = "TCPLENS_TRIALS";
    private const string FirstVariable = "TCPLENS_FIRST_SEED";
    private const int MaxFailures = 20;

    /// <param name="usually">Seeds, when the environment does not say otherwise.</param>
    /// <param name="run">Gives what went wrong, or null. May throw, and runs on several threads at once.</param>
    /// <returns>Seeds that were run.</returns>
    public static long All(long usually, Func<ulong, string?> run)
    {
        var failures = new ConcurrentBag<(ulong Seed, string What)>();
        ulong first = Number(FirstVariable) ?? 1;
        long count = (long)(Number(CountVariable) ?? (ulong)usually);
        Parallel.For(0, count, (at, loop) =>
        {
            ulong seed = first + (ulong)at;
            if (Try(run, seed) is { } failure)
            {
                failures.Add((seed, failure));
                if (failures.Count >= MaxFailures)
                {
                    loop.Stop();
                }
            }
        });

        Assert.True(failures.IsEmpty, $"seeds that failed ({FirstVariable}=SEED {CountVariable}=1 runs one alone):\n"
            + string.Join('\n', failures.OrderBy(static one => one.Seed).Select(static one => $"{one.Seed}: {one.What}")));
        return count;
    }

    private static string? Try(Func<ulong, string?> run, ulong seed)
    {
        try
        {
            return run(seed);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.ToString();
        }
    }

    private static ulong? Number(string variable)
        => ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;
}
