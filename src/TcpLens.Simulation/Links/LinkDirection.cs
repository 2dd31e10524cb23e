using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>One way through a link.</summary>
public sealed class LinkDirection
{
    private readonly World _world;
    private readonly WeatherFront _front;
    private NodeSeat? _receiver;
    private int _port;
    private LinkDirection? _wayBack;

    internal LinkDirection(World world, Weather weather, SeededRandom random)
    {
        _world = world;
        _front = new(weather, random);
    }

    /// <summary>May be set at any time; it counts for what is sent from then on.</summary>
    public Weather Weather { get => _front.Weather; set => _front.Weather = value; }

    /// <summary>While this is true whatever is sent is lost. What is on its way arrives.</summary>
    public bool IsCut { get => _front.IsCut; set => _front.IsCut = value; }

    public LinkCounters Counters => _front.Counters;

    /// <summary>Captures that look at this direction where it begins, and where it ends.</summary>
    internal List<LinkCapture> AtBegin { get; } = [];

    internal List<LinkCapture> AtEnd { get; } = [];

    internal void Lead(NodeSeat receiver, int port, LinkDirection wayBack) => (_receiver, _port, _wayBack) = (receiver, port, wayBack);

    /// <param name="packet">Bits of it may be turned.</param>
    /// <param name="now">The time.</param>
    internal void Send(Span<byte> packet, Instant now)
    {
        foreach (LinkCapture capture in AtBegin)
        {
            capture.Write(packet, now);
        }

        Arrivals arrivals = _front.Send(packet, now);
        Launch(packet, arrivals.First);
        Launch(packet, arrivals.Second);
        if (arrivals.Fate == PacketFate.TooLong && !Weather.IsBlackHole)
        {
            Complain(packet, now);
        }
    }

    internal void Deliver(ReadOnlySpan<byte> packet, Instant now)
    {
        foreach (LinkCapture capture in AtEnd)
        {
            capture.Write(packet, now);
        }

        _receiver!.Take(_port, packet, now);
    }

    private void Launch(ReadOnlySpan<byte> packet, Instant arrival)
    {
        if (arrival != Instant.Never)
        {
            Flight flight = _world.Flights.Rent(packet.Length);
            flight.Begin(this, packet);
            _world.Events.Set(flight, arrival);
        }
    }

    /// <summary>The router stands where this direction begins; what it says takes the way back, with its weather.</summary>
    private void Complain(ReadOnlySpan<byte> packet, Instant now)
    {
        Span<byte> notice = stackalloc byte[TooBigNotice.MaxLength];
        int length = TooBigNotice.Write(packet, Weather.Mtu, notice);
        if (length > 0)
        {
            _wayBack!.SendFromRouter(notice[..length], now);
        }
    }

    private void SendFromRouter(Span<byte> packet, Instant now)
    {
        Arrivals arrivals = _front.Send(packet, now);
        Launch(packet, arrivals.First);
        Launch(packet, arrivals.Second);
    }
}
