using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>Packets from the inside out: each method puts its header before what it is given.</summary>
internal static class BuiltPacket
{
    public const uint Client = 0x0a000001;
    public const uint Server = 0x0a000002;
    public const ushort ClientPort = 40000;
    public const ushort ServerPort = 443;

    /// <summary>fd00::1 and fd00::2.</summary>
    public static byte[] Addresses6 { get; } = [0xfd, .. new byte[14], 1, 0xfd, .. new byte[14], 2];

    /// <summary>Source and destination as an IPv4 header has them.</summary>
    public static byte[] Addresses4 { get; } = [10, 0, 0, 1, 10, 0, 0, 2];

    public static byte[] Payload(int length) => [.. Enumerable.Range(0, length).Select(at => (byte)(at * 7))];

    /// <summary>A segment with its checksum, and the timestamps option.</summary>
    public static byte[] Tcp(byte[] payload, ReadOnlySpan<byte> addresses, ControlBits bits = ControlBits.Ack, uint sequence = 1000)
    {
        byte[] room = new byte[TcpHeader.MaxLength];
        var options = new TcpOptionsWriter(new byte[40]);
        options.TryAddTimestamps(7, 8);
        var fields = new TcpFields
        {
            SourcePort = ClientPort,
            DestinationPort = ServerPort,
            Sequence = new(sequence),
            Acknowledgment = new(2000),
            Bits = bits,
            Window = new(512),
        };
        int length = fields.WriteTo(room, options.Padded);
        byte[] segment = [.. room[..length], .. payload];
        TcpFields.WriteChecksum(segment, addresses);
        return segment;
    }

    public static byte[] Ipv4(byte[] payload, IpProtocol protocol = IpProtocol.Tcp, ushort identification = 1, int offset = 0, bool hasMore = false, byte[]? options = null)
    {
        byte[] header = new byte[60];
        var fields = new Ipv4Fields
        {
            Source = Client,
            Destination = Server,
            Protocol = protocol,
            Identification = identification,
            FragmentOffset = offset,
            MoreFragments = hasMore,
        };
        int length = fields.WriteTo(header, payload.Length, options ?? []);
        return [.. header[..length], .. payload];
    }

    public static byte[] Ipv6(byte[] payload, IpProtocol next = IpProtocol.Tcp)
    {
        byte[] header = new byte[Ipv6Header.Length];
        new Ipv6Fields(next).WriteTo(header, Addresses6, payload.Length);
        return [.. header, .. payload];
    }

    /// <summary>A fragment header of IPv6 before a piece of a datagram.</summary>
    public static byte[] Fragment6(byte[] payload, int offset, bool hasMore, uint identification = 9)
    {
        byte[] header = [(byte)IpProtocol.Tcp, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(offset | (hasMore ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), identification);
        return Ipv6([.. header, .. payload], IpProtocol.Fragment);
    }

    public static byte[] Udp(byte[] payload, ushort destination)
    {
        byte[] header = new byte[UdpHeader.HeaderLength];
        BinaryPrimitives.WriteUInt16BigEndian(header, 50000);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), destination);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)(header.Length + payload.Length));
        return [.. header, .. payload];
    }

    public static byte[] Ethernet(byte[] payload, EtherType type = EtherType.Ipv4)
    {
        byte[] header = new byte[EthernetHeader.Length];
        EthernetHeader.Write(header, [2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2], type);
        return [.. header, .. payload];
    }

    public static byte[] Vlan(byte[] payload, ushort identifier, EtherType type)
    {
        byte[] tag = new byte[VlanTag.Length];
        VlanTag.Write(tag, identifier, type);
        return [.. tag, .. payload];
    }

    /// <summary>A whole IPv4 packet with a TCP segment of so much payload.</summary>
    public static byte[] Whole4(int payload = 10, ControlBits bits = ControlBits.Ack, uint sequence = 1000)
        => Ipv4(Tcp(Payload(payload), Addresses4, bits, sequence));

    public static byte[] Whole6(int payload = 10) => Ipv6(Tcp(Payload(payload), Addresses6));
}
