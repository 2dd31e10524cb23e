using TcpLens.Protocol;

namespace TcpLens.Simulation.Tests;

/// <summary>A peer that remembers nothing: it accepts every SYN, whoever it is for, and is silent to everything else.</summary>
internal sealed class Stranger : IWorldNode
{
    private readonly OutgoingPackets _outgoing = new();
    private readonly byte[] _room = new byte[100];

    public Instant NextTimeout => Instant.Never;

    public void OnPacket(int port, ReadOnlySpan<byte> packet, Instant now)
    {
        if (TcpPacket.TryParse(packet, out TcpPacket tcp) && tcp.Header.Bits == ControlBits.Syn)
        {
            var answer = new TcpFields
            {
                Sequence = tcp.Header.Sequence,
                Acknowledgment = tcp.Header.Sequence + 1,
                Bits = ControlBits.Syn | ControlBits.Ack,
                Window = new(ushort.MaxValue),
            };
            int length = ForgedPacket.WriteSegment(_room, tcp.Destination, tcp.Source, answer);
            _outgoing.Add(port, _room.AsSpan(0, length));
        }
    }

    public void OnTimeout(Instant now)
    {
    }

    public bool TryTakePacket(Span<byte> into, Instant now, out int length, out int port) => _outgoing.TryTake(into, out length, out port);
}
