using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>
/// Remembers connections for as long as it hears of them, as address translators and firewalls do: once one was silent for too long its
/// packets are dropped without a word, until it begins anew with a SYN (RFC 5382 §5 asks for 2 hours and 4 minutes; boxes in use forget earlier).
/// </summary>
/// <param name="idle">How long a connection may be silent.</param>
public sealed class StatefulFirewall(TimeSpan idle) : Middlebox
{
    /// <summary>Connections remembered; one more is not let in.</summary>
    public const int MaxFlows = 1 << 16;

    private readonly Dictionary<(Endpoint One, Endpoint Other), Instant> _lastHeard = [];

    /// <summary>Connections that are remembered, also those that would be forgotten if they were heard of.</summary>
    public int Flows => _lastHeard.Count;

    protected override bool Pass(int port, Span<byte> packet, Instant now)
    {
        if (!TcpPacket.TryParse(packet, out TcpPacket tcp))
        {
            return true;
        }

        (Endpoint, Endpoint) flow = port == 0 ? (tcp.Source, tcp.Destination) : (tcp.Destination, tcp.Source);
        bool isKnown = _lastHeard.TryGetValue(flow, out Instant last) && now - last <= idle;
        if (!isKnown && (!tcp.Header.Bits.Has(ControlBits.Syn) || _lastHeard.Count >= MaxFlows))
        {
            return false;
        }

        _lastHeard[flow] = now;
        return true;
    }
}
