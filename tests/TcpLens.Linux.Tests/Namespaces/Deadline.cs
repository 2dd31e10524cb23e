using System.Diagnostics;

namespace TcpLens.Linux.Tests.Namespaces;

/// <summary>Waits for something that another process or the kernel is about to do.</summary>
internal static class Deadline
{
    public static void Until(Func<bool> condition, string what)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"waited 20 s for {what}");
            Thread.Sleep(5);
        }
    }
}
