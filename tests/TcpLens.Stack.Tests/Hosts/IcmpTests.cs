using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

public sealed class IcmpTests
{
    [Theory]
    [InlineData("10.7.7.7", "10.0.0.2")]
    [InlineData("2001:db8::7", "2001:db8::2")]
    public void An_echo_request_is_answered_with_what_it_carried(string from, string to)
    {
        var pair = new Pair();
        bool isV4 = Pair.At(to, 0).Address.IsV4Mapped;
        byte[] body = [0x12, 0x34, 0, 1, .. Enumerable.Range(0, 57).Select(i => (byte)i)];
        byte[] request = Message(Pair.At(from, 0), Pair.At(to, 0), [isV4 ? (byte)8 : (byte)128, 0, 0, 0, .. body]);
        Assert.Equal(DropReason.None, pair.Forge(pair.Server, request));
        byte[] reply = Assert.Single(pair.Sent).Octets;
        Assert.Equal(DropReason.None, IncomingPacket.Read(reply, out IncomingPacket packet));
        Assert.Equal((Pair.At(to, 0).Address, Pair.At(from, 0).Address), (packet.Source, packet.Destination));
        Assert.Equal(isV4 ? 0 : 129, packet.Payload[0]);
        Assert.Equal(body, packet.Payload[4..].ToArray());
        Assert.Equal(0xffff, isV4 ? InternetChecksum.Sum(packet.Payload) : packet.IsChecksumRight ? 0xffff : 0);

        request[^1] ^= 1;
        Assert.Equal(DropReason.BadChecksum, pair.Forge(pair.Server, request));
    }

    [Fact]
    public void Echo_replies_have_a_limit_and_multicast_has_none()
    {
        var pair = new Pair(server: settings => settings with { EchoRepliesPerSecond = 3 });
        byte[] request = Message(Pair.At("10.7.7.7", 0), Pair.At("10.0.0.2", 0), [8, 0, 0, 0, 0, 0, 0, 0]);
        for (int i = 0; i < 10; i++)
        {
            pair.Forge(pair.Server, request);
        }

        Assert.Equal(3, pair.Sent.Count);
        Assert.Equal(DropReason.BadAddress, pair.Forge(pair.Server, Message(Pair.At("10.7.7.7", 0), Pair.At("224.0.0.1", 0), [8, 0, 0, 0, 0, 0, 0, 0])));
    }

    [Theory]
    [InlineData(3, 0, ConnectionError.NetworkUnreachable, false)]
    [InlineData(3, 1, ConnectionError.HostUnreachable, false)]
    [InlineData(3, 2, ConnectionError.ProtocolUnreachable, true)]
    [InlineData(3, 3, ConnectionError.Refused, true)]
    [InlineData(3, 13, ConnectionError.Prohibited, true)]
    [InlineData(11, 0, ConnectionError.HostUnreachable, false)]
    [InlineData(12, 0, ConnectionError.HostUnreachable, false)]
    public void Errors_end_an_attempt_when_they_are_hard_and_are_told_when_they_are_soft(byte type, byte code, ConnectionError error, bool isHard)
    {
        var pair = new Pair { Loses = static _ => true };
        HostConnection client = pair.Connect(80);
        pair.Run(TimeSpan.Zero);
        Assert.Equal(DropReason.None, pair.Forge(pair.Client, Error("10.9.9.9", "10.0.0.1", type, code, 0, pair.Sent[0].Octets)));
        Assert.Equal(isHard ? TcpState.Closed : TcpState.SynSent, client.State);
        Assert.Equal(error, isHard ? client.Error : client.SoftError);
    }

    [Fact]
    public void Errors_that_quote_nothing_in_flight_are_not_believed()
    {
        var pair = new Pair();
        (HostConnection client, _) = pair.Open(pair.Listen(80));
        byte[] quote = Forged.Segment(client.Local, client.Remote, ControlBits.Ack, client.Status.SendNext.Value + 1);
        Assert.Equal(DropReason.IcmpUnbelieved, pair.Forge(pair.Client, Error("10.0.0.2", "10.0.0.1", 3, 3, 0, quote)));
        quote = Forged.Segment(Pair.At("10.0.0.1", 7), Pair.At("10.0.0.2", 7), ControlBits.Ack);
        Assert.Equal(DropReason.IcmpUnbelieved, pair.Forge(pair.Client, Error("10.0.0.2", "10.0.0.1", 3, 3, 0, quote)));
        Assert.Equal(DropReason.NotTcp, pair.Forge(pair.Client, Error("10.0.0.2", "10.0.0.1", 4, 0, 0, quote)));
        Assert.Equal(TcpState.Established, client.State);
    }

    [Theory]
    [InlineData("10.0.0.2", "10.0.0.1", 1400, 1360)]
    [InlineData("10.0.0.2", "10.0.0.1", 60, 512)]
    [InlineData("10.0.0.2", "10.0.0.1", 0, 1452)]
    [InlineData("2001:db8::2", "2001:db8::1", 1400, 1340)]
    [InlineData("2001:db8::2", "2001:db8::1", 1000, 1220)]
    public void A_packet_that_was_too_big_makes_segments_smaller_and_the_path_is_remembered(string to, string from, int mtu, int expected)
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        (HostConnection client, HostConnection server) = pair.Open(listener, to);
        pair.Loses = packet => packet.From == pair.Client && packet.Octets.Length > expected + 100;
        client.Send(new byte[20_000], pair.Now);
        pair.Sent.Clear();
        pair.Run(TimeSpan.Zero);
        bool isV4 = to.Contains('.', StringComparison.Ordinal);
        byte[] tooBig = isV4 ? Error(to, from, 3, 4, (ushort)mtu, pair.Sent[0].Octets) : Error(to, from, 2, 0, (uint)mtu, pair.Sent[0].Octets);
        Assert.Equal(DropReason.None, pair.Forge(pair.Client, tooBig));
        Assert.Equal(expected, client.Status.SendSegmentSize + 12);
        pair.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(20_000, server.Readable);

        Assert.Equal(expected, pair.Open(listener, to).Client.Status.SendSegmentSize + 12);
        pair.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(isV4 ? 1460 : 1440, pair.Open(listener, to).Client.Status.SendSegmentSize + 12);
    }

    [Fact]
    public void A_packet_that_was_not_sent_makes_no_path_smaller()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        (HostConnection client, _) = pair.Open(listener);
        byte[] quote = Forged.Segment(client.Local, client.Remote, ControlBits.Ack, client.Status.SendNext.Value + 1, payload: new byte[1400]);
        Assert.Equal(DropReason.IcmpUnbelieved, pair.Forge(pair.Client, Error("10.0.0.2", "10.0.0.1", 3, 4, 700, quote)));
        Assert.Equal(1448, client.Status.SendSegmentSize);
        Assert.Equal(1448, pair.Open(listener).Client.Status.SendSegmentSize);
    }

    [Fact]
    public void Paths_are_forgotten_oldest_first_when_there_are_too_many()
    {
        var cache = new PathMtuCache(TimeSpan.FromMinutes(10), most: 3);
        var now = new Instant(0);
        for (uint i = 0; i < 1000; i++)
        {
            now += TimeSpan.FromSeconds(0.001);
            cache.Remember(HostAddress.V4(0x0a000000 + (i % 4)), 1300, now);
            cache.Remember(HostAddress.V4(0x0a000000 + (i % 4)), 1200, now);
        }

        int[] known = [.. Enumerable.Range(0, 4).Select(i => cache.For(HostAddress.V4(0x0a000000 + (uint)i), 1500, now))];
        Assert.Equal([1500, 1200, 1200, 1200], known);
    }

    private static byte[] Error(string from, string to, byte type, byte code, uint rest, byte[] quoted)
    {
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. quoted.AsSpan(0, Math.Min(quoted.Length, 60))];
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), rest);
        return Message(Pair.At(from, 0), Pair.At(to, 0), message);
    }

    private static byte[] Message(Endpoint from, Endpoint to, byte[] message)
    {
        var tuple = new FourTuple(from, to);
        byte[] packet = new byte[OutgoingPacket.MaxHeaders + message.Length];
        IpProtocol protocol = tuple.IsV4 ? IpProtocol.Icmp : IpProtocol.Icmpv6;
        int header = OutgoingPacket.WriteIp(packet, tuple, protocol, message.Length, ConnectionOptions.Default, EcnCodepoint.NotCapable);
        message.CopyTo(packet, header);
        Span<byte> body = packet.AsSpan(header, message.Length);
        ushort pseudo = tuple.IsV4 ? (ushort)0 : InternetChecksum.SumPseudoHeader(packet.AsSpan(8, 32), protocol, (uint)message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)~InternetChecksum.Combine(pseudo, InternetChecksum.Sum(body)));
        return packet[..(header + message.Length)];
    }
}
