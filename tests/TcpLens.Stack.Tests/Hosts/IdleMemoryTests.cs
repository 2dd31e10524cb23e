using System.Runtime.CompilerServices;

namespace TcpLens.Stack.Tests;

/// <summary>Alone in the process, since what is measured is all of its memory.</summary>
[CollectionDefinition(nameof(IdleMemoryTests), DisableParallelization = true)]
[Collection(nameof(IdleMemoryTests))]
public sealed class IdleMemoryTests
{
    private const int Connections = 5_000;

    [Fact]
    public void An_idle_connection_needs_no_more_than_one_and_a_half_kibibytes()
    {
        Opened(1);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Pair pair = Opened(Connections);
        long both = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(pair);
        Assert.InRange(both / (2 * Connections), 1, 1536);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Pair Opened(int connections)
    {
        var pair = new Pair { Keeps = false, Delay = TimeSpan.Zero };
        HostListener listener = pair.Listen(80);
        for (int i = 0; i < connections; i++)
        {
            pair.Connect(80);
            pair.Run(TimeSpan.Zero);
            Assert.True(listener.TryAccept(out _));
        }

        pair.Run(TimeSpan.FromSeconds(1));
        pair.Events.Clear();
        pair.Events.TrimExcess();
        Assert.Equal(connections, pair.Server.Established);
        return pair;
    }
}
