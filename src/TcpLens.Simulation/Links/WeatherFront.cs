using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>When a packet arrives, if it does. <see cref="Instant.Never"/> is no arrival.</summary>
/// <param name="Fate">Why it does not.</param>
/// <param name="First">The packet.</param>
/// <param name="Second">Its copy.</param>
internal readonly record struct Arrivals(PacketFate Fate, Instant First, Instant Second);

/// <summary>Weather as it passes: what must be remembered from one packet to the next, and the dice.</summary>
internal sealed class WeatherFront(Weather weather, SeededRandom random)
{
    private readonly LinkQueue _queue = new();
    private Instant _latest = new(long.MinValue);
    private bool _isInBurst;

    public Weather Weather { get; set; } = weather;

    public bool IsCut { get; set; }

    public LinkCounters Counters { get; } = new();

    /// <summary>Decides a packet's fate, and changes bits of it where that is its fate.</summary>
    public Arrivals Send(Span<byte> packet, Instant now)
    {
        PacketFate fate = Judge(packet.Length, now);
        Counters.Add(fate, packet.Length);
        if (fate != PacketFate.Delivered)
        {
            return new(fate, Instant.Never, Instant.Never);
        }

        Mark(packet);
        Corrupt(packet);
        Instant leaves = Weather.BitsPerSecond > 0 ? _queue.Add(packet.Length, Weather.BitsPerSecond, now) : now;
        return new(fate, Arrival(leaves), ArrivalOfCopy(leaves));
    }

    private PacketFate Judge(int octets, Instant now)
    {
        if (IsCut)
        {
            return PacketFate.Cut;
        }

        if (octets > Weather.Mtu)
        {
            return PacketFate.TooLong;
        }

        _queue.Advance(now);
        if (Weather.BitsPerSecond > 0 && (_queue.Packets >= Weather.QueuePackets || _queue.Octets + (long)octets > Weather.QueueOctets))
        {
            return PacketFate.QueueFull;
        }

        return IsLost() ? PacketFate.Lost : PacketFate.Delivered;
    }

    private bool IsLost()
    {
        bool isLost = random.Chance(Weather.Loss);
        if (Weather.Bursts is { } bursts)
        {
            _isInBurst = _isInBurst || random.Chance(bursts.Begin);
            isLost |= _isInBurst && random.Chance(bursts.Loss);
            _isInBurst = _isInBurst && !random.Chance(bursts.End);
        }

        return isLost;
    }

    private void Mark(Span<byte> packet)
    {
        if (_queue.Octets > Weather.MarkAbove && PacketBits.TryMark(packet))
        {
            Counters.Marked++;
        }
    }

    private void Corrupt(Span<byte> packet)
    {
        if (random.Chance(Weather.Corruption))
        {
            PacketBits.TurnOne(packet, random);
            Counters.Corrupted++;
        }
    }

    private Instant Arrival(Instant leaves)
    {
        Instant arrival = leaves + Weather.Delay;
        if (Weather.Jitter > TimeSpan.Zero)
        {
            arrival += random.Below(Weather.Jitter);
        }

        if (random.Chance(Weather.Reordering))
        {
            Counters.HeldBack++;
            return arrival + random.Below(Weather.HeldBack);
        }

        _latest = arrival > _latest ? arrival : _latest;
        return _latest;
    }

    private Instant ArrivalOfCopy(Instant leaves)
    {
        if (!random.Chance(Weather.Duplication))
        {
            return Instant.Never;
        }

        Counters.Duplicated++;
        return leaves + Weather.Delay + random.Below(Weather.HeldBack);
    }
}
