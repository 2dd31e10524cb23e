using System.Diagnostics;

namespace TcpLens.Testing;

/// <summary>Waiting for a condition, with a deadline: never sleeping for luck.</summary>
public static class Until
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <param name="condition">Asked every 5 ms until it holds.</param>
    /// <param name="what">Named in the error when it never did.</param>
    /// <param name="deadline">20 s when not given.</param>
    public static void True(Func<bool> condition, string what, TimeSpan? deadline = null)
    {
        TimeSpan limit = deadline ?? Patience;
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"{what}: still not so after {limit.TotalSeconds:0} s");
            }

            Thread.Sleep(5);
        }
    }
}
