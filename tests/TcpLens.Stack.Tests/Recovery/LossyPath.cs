using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>
/// A sender, a path that loses, repeats and reorders in both directions, and a receiver that acknowledges with SACK and DSACK as it should. Ends when
/// everything has arrived and that is known. One seed, one run.
/// </summary>
internal sealed class LossyPath(LossRecovery recovery, bool hasSack, bool hasTimestamps, int seed)
{
    private const int Segment = 1000;
    private static readonly SeqNum Origin = new(uint.MaxValue - 20_000);

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Packet, (long At, int Order)> _flying = new();
    private readonly List<(int Left, int Right)> _held = [];
    private Instant _now = new(1_000_000_000);
    private int _order;
    private int _unacknowledged;
    private int _next;
    private int _received;
    private bool _isEstablished;

    public double Loss { get; init; }

    public double Repeated { get; init; }

    /// <summary>Milliseconds; a tenth of the round trip at most for most segments.</summary>
    public int Jitter { get; init; }

    public int Burst { get; init; } = Segment;

    public int Sent { get; private set; }

    /// <summary>Sends so many octets; how long that took.</summary>
    public TimeSpan Run(int octets)
    {
        Handshake();
        Instant start = _now;
        while (_unacknowledged < octets)
        {
            Pump(octets);
            Assert.True(recovery.NextTimeout != Instant.Never || _flying.Count > 0, $"seed {seed}: nothing will ever happen");
            Step();
            Assert.True(_now - start < TimeSpan.FromHours(2), $"seed {seed}: {_unacknowledged} of {octets} after two hours");
        }

        Assert.False(recovery.IsAnythingInFlight);
        Assert.Equal((0, 0, 0), (recovery.Describe(new()).Lost, recovery.Describe(new()).Sacked, recovery.Describe(new()).Retransmitted));
        return _now - start;
    }

    private void Handshake()
    {
        recovery.OnSent(new(Origin + uint.MaxValue, Origin), _now);
        _now += TimeSpan.FromMilliseconds(50);
        recovery.OnAck(new() { Acknowledgment = Origin, Unacknowledged = Origin + uint.MaxValue }, _now);
        recovery.OnEstablished(Segment, hasSack, _now);
        _isEstablished = true;
    }

    private void Pump(int octets)
    {
        while (recovery.TryTakeRetransmission(Burst, Origin + (uint)octets, _next < octets, _now, out SentRange again))
        {
            Send(again.Start - Origin, again.End - Origin);
        }

        while (_next < octets && Math.Min(Math.Min(recovery.Allowance(_now), Burst), octets - _next) is > 0 and int length
            && (length >= Segment || length == octets - _next))
        {
            recovery.OnSent(new(Origin + (uint)_next, Origin + (uint)(_next + length)), _now);
            Send(_next, _next + length);
            _next += length;
        }
    }

    private void Step()
    {
        long at = _flying.TryPeek(out _, out (long At, int Order) first) ? first.At : long.MaxValue;
        if (recovery.NextTimeout.Nanoseconds <= at)
        {
            _now = new(Math.Max(_now.Nanoseconds, recovery.NextTimeout.Nanoseconds));
            recovery.OnTimeout(_now);
            return;
        }

        Packet packet = _flying.Dequeue();
        _now = new(Math.Max(_now.Nanoseconds, at));
        if (packet.IsAck)
        {
            TakeAck(packet);
        }
        else
        {
            Receive(packet);
        }
    }

    private void Send(int left, int right)
    {
        for (; left < right; left += Segment)
        {
            Sent++;
            Fly(new() { Left = left, Right = Math.Min(left + Segment, right), SentAt = _now });
        }
    }

    private void Fly(Packet packet)
    {
        for (int copies = _random.NextDouble() < Repeated ? 2 : 1; copies > 0; copies--)
        {
            if (_random.NextDouble() >= Loss)
            {
                long delay = 25_000_000 + (_random.Next((Jitter * 1_000_000) + 1) * (_random.Next(10) == 0 ? 5L : 1L));
                _flying.Enqueue(packet, (_now.Nanoseconds + delay, _order++));
            }
        }
    }

    private void Receive(Packet packet)
    {
        bool isDuplicate = packet.Right <= _received || _held.Exists(held => held.Left <= packet.Left && packet.Right <= held.Right);
        _held.RemoveAll(held => held.Left <= packet.Right && packet.Left <= held.Right && Widen(ref packet, held));
        _held.Insert(0, (packet.Left, packet.Right));
        while (_held.FindIndex(held => held.Left <= _received) is >= 0 and int at)
        {
            _received = Math.Max(_received, _held[at].Right);
            _held.RemoveAt(at);
        }

        SackBlocks sack = default;
        if (isDuplicate)
        {
            sack.TryAdd(Block(packet.Original));
        }

        foreach ((int Left, int Right) held in _held)
        {
            sack.TryAdd(Block(held));
        }

        Fly(new() { IsAck = true, Right = _received, Sack = sack, SentAt = packet.SentAt });
    }

    private static bool Widen(ref Packet packet, (int Left, int Right) held)
    {
        packet = packet with
        {
            Original = packet.Original == default ? (packet.Left, packet.Right) : packet.Original,
            Left = Math.Min(packet.Left, held.Left),
            Right = Math.Max(packet.Right, held.Right),
        };
        return true;
    }

    private void TakeAck(Packet packet)
    {
        if (packet.Right < _unacknowledged || !_isEstablished)
        {
            return;
        }

        recovery.OnAck(
            new()
            {
                Acknowledgment = Origin + (uint)packet.Right,
                Unacknowledged = Origin + (uint)_unacknowledged,
                Sack = hasSack ? packet.Sack : default,
                IsBare = true,
                EchoedSentAt = hasTimestamps ? packet.SentAt : null,
                EchoedRtt = hasTimestamps ? _now - packet.SentAt : null,
            },
            _now);
        _unacknowledged = packet.Right;
    }

    private static SackBlock Block((int Left, int Right) range) => new(Origin + (uint)range.Left, Origin + (uint)range.Right);

    private readonly record struct Packet
    {
        public bool IsAck { get; init; }

        public int Left { get; init; }

        public int Right { get; init; }

        public (int Left, int Right) Original { get; init; }

        public SackBlocks Sack { get; init; }

        public Instant SentAt { get; init; }
    }
}
