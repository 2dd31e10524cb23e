using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Whole IP packets, written into a buffer of the caller's.</summary>
internal static class OutgoingPacket
{
    /// <summary>IP and TCP with all their options: what stands before the payload is never longer.</summary>
    public const int MaxHeaders = Ipv6Header.Length + TcpHeader.MaxLength;

    /// <summary>A segment with its IP header. Octets written.</summary>
    /// <param name="into">With room for <see cref="MaxHeaders"/> and the payload.</param>
    /// <param name="tuple">Local is the source.</param>
    /// <param name="segment">What to say.</param>
    /// <param name="options">DiffServ and time to live (MUST-48, MUST-49).</param>
    /// <param name="order">Of the options of a SYN.</param>
    /// <param name="isChecksumPartial">The device adds header and payload up.</param>
    public static int Write(Span<byte> into, in FourTuple tuple, scoped in TcpSegment segment, ConnectionOptions options, OptionOrder order, bool isChecksumPartial)
    {
        int ipLength = tuple.IsV4 ? Ipv4Header.MinLength : Ipv6Header.Length;
        int headerLength = WriteTcp(into[ipLength..], tuple, segment, order);
        segment.Payload.CopyTo(into[(ipLength + headerLength)..]);
        int length = headerLength + segment.Payload.Length;
        WriteIp(into, tuple, IpProtocol.Tcp, length, options, segment.Ecn);
        ReadOnlySpan<byte> addresses = tuple.IsV4 ? into[12..20] : into[8..40];
        Span<byte> tcp = into.Slice(ipLength, length);
        if (isChecksumPartial)
        {
            BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], InternetChecksum.SumPseudoHeader(addresses, IpProtocol.Tcp, (uint)length));
        }
        else
        {
            TcpFields.WriteChecksum(tcp, addresses);
        }

        return ipLength + length;
    }

    /// <summary>Only the IP header: 20 or 40 octets.</summary>
    public static int WriteIp(Span<byte> into, in FourTuple tuple, IpProtocol protocol, int payloadLength, ConnectionOptions options, EcnCodepoint ecn)
    {
        if (tuple.IsV4)
        {
            // A packet that must not be cut needs no identification (RFC 6864 §4.1).
            return new Ipv4Fields
            {
                Source = (uint)tuple.Local.Address.Low,
                Destination = (uint)tuple.Remote.Address.Low,
                Protocol = protocol,
                TimeToLive = options.TimeToLive,
                DiffServ = options.DiffServ,
                Ecn = (byte)ecn,
                DontFragment = true,
            }.WriteTo(into, payloadLength);
        }

        Span<byte> addresses = stackalloc byte[32];
        tuple.Local.Address.WriteTo(addresses);
        tuple.Remote.Address.WriteTo(addresses[16..]);
        new Ipv6Fields(protocol, options.TimeToLive, (byte)ecn) { DiffServ = options.DiffServ }.WriteTo(into, addresses, payloadLength);
        return Ipv6Header.Length;
    }

    private static int WriteTcp(Span<byte> into, in FourTuple tuple, scoped in TcpSegment segment, OptionOrder order)
    {
        Span<byte> options = stackalloc byte[TcpHeader.MaxLength - TcpHeader.MinLength];
        int length = segment.Options.Write(options, order);
        return new TcpFields
        {
            SourcePort = tuple.Local.Port,
            DestinationPort = tuple.Remote.Port,
            Sequence = segment.Sequence,
            Acknowledgment = segment.Acknowledgment,
            Bits = segment.Bits,
            Window = segment.Window,
            UrgentPointer = segment.UrgentPointer,
        }.WriteTo(into, options[..length]);
    }
}
