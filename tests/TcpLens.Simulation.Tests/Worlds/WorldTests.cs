using TcpLens.Protocol;

namespace TcpLens.Simulation.Tests;

public sealed class WorldTests
{
    [Fact]
    public void A_seed_gives_the_same_run_and_another_seed_another()
    {
        List<(uint, Instant)> first = Story(7);
        Assert.Equal(first, Story(7));
        Assert.NotEqual(first, Story(8));
    }

    [Fact]
    public void A_million_idle_seconds_are_no_event()
    {
        var world = new World(1);
        world.Connect(world.Add(new Talker()), world.Add(new Talker()));
        world.Run(TimeSpan.FromSeconds(1_000_000));

        Assert.Equal(0, world.Happened);
        Assert.Equal(1_000_000_000_000_000, world.Now.Nanoseconds);
    }

    [Fact]
    public void Waiting_for_a_condition_ends_when_it_holds_or_at_the_limit()
    {
        var world = new World(1);
        (Talker near, Talker far) = (world.Add(new Talker()), world.Add(new Talker()));
        world.Connect(near, far, new() { Delay = TimeSpan.FromMilliseconds(30) });
        near.Talk(100, TimeSpan.FromSeconds(1));

        Assert.True(world.RunUntil(() => far.Heard.Count == 3, TimeSpan.FromSeconds(10)));
        Assert.Equal(2_030_000_000, world.Now.Nanoseconds);
        Assert.False(world.RunUntil(() => far.Heard.Count == 50, TimeSpan.FromSeconds(10)));
        Assert.Equal(12_030_000_000, world.Now.Nanoseconds);
        Assert.Equal(13, far.Heard.Count);
    }

    [Fact]
    public void Actions_happen_at_their_time_and_what_they_make_a_node_say_is_sent()
    {
        var world = new World(1);
        (Talker near, Talker far) = (world.Add(new Talker()), world.Add(new Talker()));
        world.Connect(near, far);
        world.At(new(5_000), now => near.Talk(1, TimeSpan.FromSeconds(1)));
        world.Run(TimeSpan.FromSeconds(1));

        Assert.Equal([(0u, new Instant(5_000))], far.Heard);
    }

    [Fact]
    public void A_node_that_never_stops_asking_to_be_woken_is_named_with_the_seed()
    {
        var world = new World(12_345);
        world.Add(new Restless());
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => world.Run(TimeSpan.FromSeconds(1)));
        Assert.Contains("Restless", refusal.Message);
        Assert.Contains("12345", refusal.Message);
    }

    [Fact]
    public void A_link_needs_nodes_of_its_world()
        => Assert.Throws<ArgumentException>(() => new World(1).Connect(new Talker(), new Talker()));

    /// <summary>Once buffers and lists have grown, packets cost no memory.</summary>
    [Fact]
    public void Packets_cost_no_memory_in_steady_state()
    {
        var world = new World(1);
        (Attacker near, Attacker far) = (world.Add(new Attacker()), world.Add(new Attacker()));
        world.Connect(near, far, new() { Delay = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(5), Duplication = 0.1, Reordering = 0.1, BitsPerSecond = 100_000_000 });
        byte[] packet = Talker.Packet(0, 1500);
        near.Begin((room, _) => packet.AsSpan().TryCopyTo(room) ? packet.Length : 0, from: default, TimeSpan.FromMilliseconds(1), packets: long.MaxValue);
        world.Run(TimeSpan.FromSeconds(10));

        long before = GC.GetAllocatedBytesForCurrentThread();
        world.Run(TimeSpan.FromSeconds(10));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000);   // of 10,000 packets: a few late peaks of the pools
    }

    private static List<(uint Number, Instant At)> Story(ulong seed)
    {
        var world = new World(seed);
        (Talker near, Talker far) = (world.Add(new Talker()), world.Add(new Talker()));
        world.Connect(near, far, new()
        {
            Loss = 0.05,
            Bursts = new(0.01, 0.2),
            Delay = TimeSpan.FromMilliseconds(10),
            Jitter = TimeSpan.FromMilliseconds(5),
            Reordering = 0.1,
            Duplication = 0.1,
            Corruption = 0.1,
        });
        near.Talk(1000, TimeSpan.FromMilliseconds(1));
        world.Run(TimeSpan.FromSeconds(5));
        return far.Heard;
    }

    private sealed class Restless : IWorldNode
    {
        public Instant NextTimeout => new(500);

        public void OnPacket(int port, ReadOnlySpan<byte> packet, Instant now)
        {
        }

        public void OnTimeout(Instant now)
        {
        }

        public bool TryTakePacket(Span<byte> into, Instant now, out int length, out int port)
        {
            (length, port) = (0, 0);
            return false;
        }
    }
}
