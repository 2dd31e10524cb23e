using TcpLens.Protocol;

namespace TcpLens.Simulation.Tests;

/// <summary>Each thing that weather can do, alone, seen from the node at the other end.</summary>
public sealed class WeatherTests
{
    private const int Packets = 20_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Clear_weather_delivers_everything_in_order_after_the_delay()
    {
        (Talker far, Link link) = Run(new() { Delay = TimeSpan.FromMilliseconds(20) });

        Assert.Equal(Enumerable.Range(0, Packets).Select(number => ((uint)number, new Instant(0) + (Interval * number) + TimeSpan.FromMilliseconds(20))), far.Heard);
        Assert.Equal((Packets, Packets), (link.Forth.Counters.Sent, link.Forth.Counters[PacketFate.Delivered]));
    }

    [Fact]
    public void Loss_takes_its_share_and_what_is_left_is_in_order()
    {
        (Talker far, Link link) = Run(new() { Loss = 0.1 });

        Assert.InRange(far.Heard.Count, Packets * 88 / 100, Packets * 92 / 100);
        Assert.Equal(Packets - far.Heard.Count, link.Forth.Counters[PacketFate.Lost]);
        Assert.Equal(far.Heard.Select(one => one.Number).Order(), far.Heard.Select(one => one.Number));
    }

    [Fact]
    public void Bursts_lose_packets_that_follow_each_other()
    {
        (Talker far, _) = Run(new() { Bursts = new(Begin: 0.002, End: 0.1) });

        bool[] heard = new bool[Packets];
        far.Heard.ForEach(one => heard[one.Number] = true);
        int lost = heard.Count(static one => !one);
        int bursts = Enumerable.Range(1, Packets - 1).Count(i => !heard[i] && heard[i - 1]);
        Assert.InRange(lost, Packets / 200, Packets / 20);
        Assert.InRange((double)lost / bursts, 5, 20);   // 1 / End is 10
    }

    [Fact]
    public void Jitter_alone_does_not_reorder()
    {
        (Talker far, _) = Run(new() { Delay = TimeSpan.FromMilliseconds(10), Jitter = TimeSpan.FromMilliseconds(30) });

        Assert.Equal(Enumerable.Range(0, Packets).Select(static number => (uint)number), far.Heard.Select(one => one.Number));
        Assert.Contains(far.Heard, one => one.At - (new Instant(0) + (Interval * one.Number)) > TimeSpan.FromMilliseconds(35));
    }

    [Fact]
    public void Held_back_packets_are_overtaken_and_none_is_missing()
    {
        (Talker far, Link link) = Run(new() { Reordering = 0.05, HeldBack = TimeSpan.FromMilliseconds(10) });

        int overtaken = Enumerable.Range(1, Packets - 1).Count(i => far.Heard[i].Number < far.Heard[i - 1].Number);
        Assert.InRange(overtaken, Packets / 50, Packets / 15);
        Assert.InRange(link.Forth.Counters.HeldBack, Packets / 25, Packets / 15);
        Assert.Equal(Enumerable.Range(0, Packets).Select(static number => (uint)number), far.Heard.Select(one => one.Number).Order());
    }

    [Fact]
    public void Copies_are_the_same_octets()
    {
        (Talker far, Link link) = Run(new() { Duplication = 0.1 });

        Assert.Equal(Packets + link.Forth.Counters.Duplicated, far.Heard.Count);
        Assert.InRange(link.Forth.Counters.Duplicated, Packets / 12, Packets / 8);
        Assert.All(far.Packets, packet => Assert.Equal(Talker.Packet((uint)((packet[^4] << 24) | (packet[^3] << 16) | (packet[^2] << 8) | packet[^1]), 100), packet));
    }

    [Fact]
    public void Corruption_turns_one_bit()
    {
        (Talker far, Link link) = Run(new() { Corruption = 1 });

        Assert.Equal(Packets, link.Forth.Counters.Corrupted);
        for (int i = 0; i < Packets; i++)
        {
            byte[] sent = Talker.Packet((uint)i, 100);
            Assert.Equal(1, far.Packets[i].Zip(sent).Sum(static pair => byte.PopCount((byte)(pair.First ^ pair.Second))));
        }
    }

    /// <summary>100 octets a millisecond into 400,000 bit/s: half of them have to go, and what passes comes every 2 ms.</summary>
    [Fact]
    public void A_full_queue_drops_and_the_rate_is_kept()
    {
        (Talker far, Link link) = Run(new() { BitsPerSecond = 400_000, QueuePackets = 10 });

        Assert.InRange(far.Heard.Count, (Packets / 2) - 20, (Packets / 2) + 20);
        Assert.Equal(Packets - far.Heard.Count, link.Forth.Counters[PacketFate.QueueFull]);
        Assert.All(far.Heard.Zip(far.Heard.Skip(1)), pair => Assert.Equal(TimeSpan.FromMilliseconds(2), pair.Second.At - pair.First.At));
    }

    [Fact]
    public void A_queue_can_be_limited_by_octets()
    {
        (Talker far, _) = Run(new() { BitsPerSecond = 400_000, QueueOctets = 350 });
        TimeSpan longest = far.Heard.Max(one => one.At - (new Instant(0) + (Interval * one.Number)));
        Assert.InRange(longest, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(6));
    }

    [Fact]
    public void Packets_that_meet_a_long_queue_are_marked_and_stay_whole()
    {
        (Talker far, Link link) = Run(new() { BitsPerSecond = 400_000, QueuePackets = 10, MarkAbove = 500 });

        int marked = far.Packets.Count(static packet => (packet[1] & 3) == (int)EcnCodepoint.CongestionExperienced);
        Assert.Equal(link.Forth.Counters.Marked, marked);
        Assert.InRange(marked, Packets / 4, Packets);
        Assert.All(far.Packets, packet => Assert.Equal(0xffff, InternetChecksum.Sum(packet.AsSpan(0, Ipv4Header.MinLength))));
    }

    [Fact]
    public void What_is_sent_into_a_cut_link_is_lost()
    {
        var world = new World(1);
        (Talker near, Talker far) = (world.Add(new Talker()), world.Add(new Talker()));
        Link link = world.Connect(near, far);
        link.CutAt(new(2_000_500_000), TimeSpan.FromSeconds(3));
        near.Talk(10_000, Interval);
        world.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(Enumerable.Range(0, 10_000).Where(static number => number is <= 2000 or > 5000).Select(static number => (uint)number), far.Heard.Select(one => one.Number));
        Assert.Equal(3000, link.Forth.Counters[PacketFate.Cut]);
    }

    [Fact]
    public void A_packet_that_is_too_long_is_answered_by_a_router()
    {
        var world = new World(1);
        (Talker near, Talker far) = (world.Add(new Talker()), world.Add(new Talker()));
        world.Connect(near, far, new() { Mtu = 1400 });
        near.Talk(1, Interval, octets: 1401);
        world.Run(TimeSpan.FromSeconds(1));

        Assert.Empty(far.Heard);
        byte[] answer = Assert.Single(near.Packets);
        Assert.True(Ipv4Header.TryParse(answer, out Ipv4Header header, out _));
        Assert.Equal((IpProtocol.Icmp, 0x0a00_0001u, answer.Length), (header.Protocol, header.Destination, header.TotalLength));
        Assert.Equal((3, 4, 1400), (answer[20], answer[21], (answer[26] << 8) | answer[27]));
        Assert.Equal(0xffff, InternetChecksum.Sum(answer.AsSpan(20)));
        Assert.Equal(Talker.Packet(0, 1401).AsSpan(0, 60), answer.AsSpan(28, 60));
    }

    [Fact]
    public void A_black_hole_is_silent()
    {
        var world = new World(1);
        (Talker near, Talker far) = (world.Add(new Talker()), world.Add(new Talker()));
        world.Connect(near, far, new() { Mtu = 1400, IsBlackHole = true });
        near.Talk(1, Interval, octets: 1401);
        world.Run(TimeSpan.FromSeconds(1));

        Assert.Empty(far.Heard);
        Assert.Empty(near.Heard);
    }

    private static (Talker Far, Link Link) Run(Weather weather)
    {
        var world = new World(42);
        (Talker near, Talker far) = (world.Add(new Talker()), world.Add(new Talker()));
        Link link = world.Connect(near, far, weather);
        near.Talk(Packets, Interval);
        world.Run(TimeSpan.FromMinutes(1));
        return (far, link);
    }
}
