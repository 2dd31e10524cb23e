using System.Buffers.Binary;
using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Which connection an ICMP message is for, and which are for none (RFC 9293 §3.9.2.2).</summary>
public sealed class IcmpDeliveryTests
{
    [Fact]
    [Requirement("MUST-54", "SHLD-25")]
    public void An_error_reaches_the_connection_that_it_quotes_and_no_other()
    {
        var pair = new Pair { Loses = static _ => true };
        HostConnection one = pair.Connect(80), other = pair.Connect(81);
        pair.Run(TimeSpan.Zero);
        Assert.Equal(DropReason.None, pair.Forge(pair.Client, Error(3, 1, pair.Sent[1].Octets)));
        Assert.Equal((ConnectionError.None, ConnectionError.HostUnreachable), (one.SoftError, other.SoftError));
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(3, 5)]
    [InlineData(11, 0)]
    [InlineData(11, 1)]
    [InlineData(12, 0)]
    [Requirement("MUST-56")]
    public void What_is_soft_ends_nothing(byte type, byte code)
    {
        var pair = new Pair { Loses = static _ => true };
        HostConnection connection = pair.Connect(80);
        pair.Run(TimeSpan.Zero);
        pair.Forge(pair.Client, Error(type, code, pair.Sent[0].Octets));
        Assert.Equal(TcpState.SynSent, connection.State);
        Assert.NotEqual(ConnectionError.None, connection.SoftError);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [Requirement("SHLD-26")]
    public void What_is_hard_ends_an_attempt(byte code)
    {
        var pair = new Pair { Loses = static _ => true };
        HostConnection connection = pair.Connect(80);
        pair.Run(TimeSpan.Zero);
        pair.Forge(pair.Client, Error(3, code, pair.Sent[0].Octets));
        Assert.Equal(TcpState.Closed, connection.State);
    }

    [Fact]
    [Requirement("MUST-55")]
    public void Source_quench_is_ignored()
    {
        var pair = new Pair();
        (HostConnection client, _) = pair.Open(pair.Listen(80));
        pair.Loses = static _ => true;
        client.Send(new byte[1000], pair.Now);
        pair.Sent.Clear();
        pair.Run(TimeSpan.Zero);
        byte[] quoted = pair.Sent[0].Octets;
        pair.Sent.Clear();
        ConnectionStatus before = client.Status;
        Assert.Equal(DropReason.NotTcp, pair.Forge(pair.Client, Error(4, 0, quoted)));
        Assert.Equal((before, ConnectionError.None), (client.Status, client.SoftError));
        Assert.Empty(pair.Sent);
    }

    private static byte[] Error(byte type, byte code, byte[] quoted)
    {
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. quoted[..28]];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~InternetChecksum.Sum(message));
        byte[] packet = new byte[20 + message.Length];
        new Ipv4Fields { Source = 0x0a000009, Destination = 0x0a000001, Protocol = IpProtocol.Icmp }.WriteTo(packet, message.Length);
        message.CopyTo(packet.AsSpan(20));
        return packet;
    }
}
