using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Simulation.Tests;

/// <summary>A node that sends numbered packets at an interval and remembers when which number arrived.</summary>
internal sealed class Talker : IWorldNode
{
    private readonly OutgoingPackets _outgoing = new();
    private TimeSpan _interval;
    private int _left;
    private int _octets;
    private uint _number;

    public Instant NextTimeout { get; private set; } = Instant.Never;

    public List<(uint Number, Instant At)> Heard { get; } = [];

    public List<byte[]> Packets { get; } = [];

    /// <summary>Sends UDP-like IPv4 packets of so many octets, numbered from 0.</summary>
    public void Talk(int packets, TimeSpan interval, int octets = 100)
    {
        (_left, _interval, _octets) = (packets, interval, octets);
        NextTimeout = new(0);
    }

    public void OnPacket(int port, ReadOnlySpan<byte> packet, Instant now)
    {
        Heard.Add((BinaryPrimitives.ReadUInt32BigEndian(packet[^4..]), now));
        Packets.Add(packet.ToArray());
    }

    public void OnTimeout(Instant now)
    {
        while (_left > 0 && NextTimeout <= now)
        {
            _outgoing.Add(0, Packet(_number++, _octets));
            _left--;
            NextTimeout += _interval;
        }

        NextTimeout = _left > 0 ? NextTimeout : Instant.Never;
    }

    public bool TryTakePacket(Span<byte> into, Instant now, out int length, out int port) => _outgoing.TryTake(into, out length, out port);

    /// <summary>From 10.0.0.1 to 10.0.0.2, ECN-capable; the number stands in the last four octets.</summary>
    public static byte[] Packet(uint number, int octets)
    {
        byte[] packet = new byte[octets];
        new Ipv4Fields { Source = 0x0a00_0001, Destination = 0x0a00_0002, Protocol = IpProtocol.Udp, Ecn = (byte)EcnCodepoint.Ect0, DontFragment = true }
            .WriteTo(packet, octets - Ipv4Header.MinLength);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(octets - 4), number);
        return packet;
    }
}
