using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>ICMP of both families: echo requests are answered, errors go to the connection that they quote, if there is one.</summary>
internal sealed class IcmpInput(TcpHostSettings settings, ConnectionRegistry registry, HostAddresses addresses, ReplyQueue replies)
{
    private const byte EchoReplyV4 = 0;
    private const byte EchoRequestV4 = 8;
    private const byte EchoRequestV6 = 128;
    private const byte EchoReplyV6 = 129;

    private TokenBucket _echoes = new(settings.EchoRepliesPerSecond);

    public DropReason Process(IncomingPacket packet, Instant now)
    {
        ReadOnlySpan<byte> message = packet.Payload;
        if (!IcmpHeader.TryParse(message, out IcmpHeader header, out _))
        {
            return DropReason.Malformed;
        }

        bool isRight = packet.IsV4 ? InternetChecksum.Sum(message) == 0xffff : packet.IsChecksumRight;
        if (!isRight)
        {
            return DropReason.BadChecksum;
        }

        if (!addresses.Contains(packet.Destination) || !HostAddresses.IsUnicast(packet.Source))
        {
            return DropReason.BadAddress;
        }

        if (header.Type == (packet.IsV4 ? EchoRequestV4 : EchoRequestV6))
        {
            return Echo(packet, now);
        }

        IcmpVerdict? verdict = packet.IsV4 ? IcmpVerdict.V4(header.Type, header.Code) : IcmpVerdict.V6(header.Type, header.Code);
        return verdict is { } meaning ? Report(packet, meaning, now) : DropReason.NotTcp;
    }

    /// <summary>RFC 1122 §3.2.2.6, RFC 4443 §4.2: what came goes back.</summary>
    private DropReason Echo(IncomingPacket packet, Instant now)
    {
        var tuple = new FourTuple(new(packet.Destination, 0), new(packet.Source, 0));
        int headerLength = tuple.IsV4 ? Ipv4Header.MinLength : Ipv6Header.Length;
        if (headerLength + packet.Payload.Length > settings.Mtu || !_echoes.TryTake(now))
        {
            return DropReason.HostLimit;
        }

        Span<byte> room = replies.Reserve(headerLength + packet.Payload.Length);
        if (room.IsEmpty)
        {
            return DropReason.HostLimit;
        }

        OutgoingPacket.WriteIp(room, tuple, packet.Protocol, packet.Payload.Length, ConnectionOptions.Default, packet.Ecn);
        Span<byte> message = room[headerLength..];
        packet.Payload.CopyTo(message);
        message[0] = tuple.IsV4 ? EchoReplyV4 : EchoReplyV6;
        WriteChecksum(message, packet);
        replies.Commit(room.Length);
        return DropReason.None;
    }

    private static void WriteChecksum(Span<byte> message, IncomingPacket packet)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        ushort pseudo = packet.IsV4 ? (ushort)0 : InternetChecksum.SumPseudoHeader(packet.Addresses, packet.Protocol, (uint)message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~InternetChecksum.Combine(pseudo, InternetChecksum.Sum(message)));
    }

    /// <summary>RFC 9293 §3.9.2.2; the connection itself checks that what is quoted can be in flight (RFC 5927 §4.1).</summary>
    private DropReason Report(IncomingPacket packet, IcmpVerdict verdict, Instant now)
    {
        if (!QuotedSegment.TryRead(packet.Payload[IcmpHeader.Length..], packet.IsV4, out QuotedSegment quoted)
            || registry.Table.Find(quoted.Tuple) is not { } connection)
        {
            return DropReason.IcmpUnbelieved;
        }

        HostAddress remote = quoted.Tuple.Remote.Address;
        int known = registry.Paths.For(remote, settings.Mtu, now);
        int mtu = verdict.IsTooBig ? Math.Min(known, PathMtu.Read(packet.Payload, packet.IsV4, quoted.Length)) : 0;
        ushort segmentSize = verdict.IsTooBig ? PathMtu.SegmentSize(mtu, packet.IsV4) : (ushort)0;
        DropReason reason = connection.Core.OnIcmp(quoted.Sequence, verdict.Error, verdict.IsHard, segmentSize, now);
        if (reason == DropReason.None && mtu > 0 && mtu < known)
        {
            registry.Paths.Remember(remote, mtu, now);
        }

        registry.Touch(connection);
        return reason;
    }
}
