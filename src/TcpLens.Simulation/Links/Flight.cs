using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>A packet on its way, in a buffer that is used again and again.</summary>
internal sealed class Flight(byte[] octets, FlightPool pool) : WorldEvent
{
    private LinkDirection? _way;
    private int _length;

    public int Capacity => octets.Length;

    public void Begin(LinkDirection way, ReadOnlySpan<byte> packet)
    {
        _way = way;
        _length = packet.Length;
        packet.CopyTo(octets);
    }

    public override void Happen(Instant now)
    {
        _way!.Deliver(octets.AsSpan(0, _length), now);
        _way = null;
        pool.Return(this);
    }
}

/// <summary>Flights that wait for packets, by the room they have.</summary>
internal sealed class FlightPool
{
    private const int Small = 128;
    private const int Usual = 2048;

    private readonly Stack<Flight>[] _idle = [new(), new(), new()];

    public Flight Rent(int octets)
    {
        int kind = KindOf(octets);
        return _idle[kind].TryPop(out Flight? flight) ? flight : new(new byte[kind switch { 0 => Small, 1 => Usual, _ => ushort.MaxValue }], this);
    }

    public void Return(Flight flight) => _idle[KindOf(flight.Capacity)].Push(flight);

    private static int KindOf(int octets) => octets switch
    {
        <= Small => 0,
        <= Usual => 1,
        _ => 2,
    };
}
