using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What was counted of a talker since it took its place among the heaviest.</summary>
public record struct TalkerNote(long Connections, long Packets, long Octets);

/// <summary>Who talks most: addresses by octets and by connections, and ports of responders.</summary>
public sealed class TalkerTally
{
    /// <summary>Whoever has more than a 1024th of everything is in the list, and no number is off by more than that.</summary>
    public const int Capacity = 1024;

    private HeavyHitters<HostAddress, TalkerNote> _byOctets = new(Capacity);
    private HeavyHitters<HostAddress, TalkerNote> _byConnections = new(Capacity);
    private HeavyHitters<Endpoint, TalkerNote> _services = new(Capacity);

    internal TalkerTally Copy() => new() { _byOctets = _byOctets.Copy(), _byConnections = _byConnections.Copy(), _services = _services.Copy() };

    internal void Add(ConnectionRecord record)
    {
        long octets = record.FromOriginator.IpOctets + record.FromResponder.IpOctets;
        long packets = record.FromOriginator.Packets + record.FromResponder.Packets;
        foreach (HostAddress address in (ReadOnlySpan<HostAddress>)[record.Originator.Address, record.Responder.Address])
        {
            Note(ref _byOctets.Add(address, octets), packets, octets);
            Note(ref _byConnections.Add(address, 1), packets, octets);
            if (record.Originator.Address == record.Responder.Address)
            {
                break;
            }
        }

        Note(ref _services.Add(record.Responder, octets), packets, octets);
    }

    /// <summary>Addresses by octets of IP packets, sent and received.</summary>
    public IReadOnlyList<HeavyHitter<HostAddress, TalkerNote>> ByOctets(int count) => _byOctets.Top(count);

    public IReadOnlyList<HeavyHitter<HostAddress, TalkerNote>> ByConnections(int count) => _byConnections.Top(count);

    /// <summary>Responders' ports by octets of IP packets, both ways.</summary>
    public IReadOnlyList<HeavyHitter<Endpoint, TalkerNote>> Services(int count) => _services.Top(count);

    private static void Note(ref TalkerNote note, long packets, long octets)
    {
        note.Connections++;
        note.Packets += packets;
        note.Octets += octets;
    }
}
