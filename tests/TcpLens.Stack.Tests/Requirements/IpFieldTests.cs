using System.Buffers.Binary;
using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>What a TCP asks of IP, and IP of it (RFC 9293 §3.9.2, §3.9.1.9 and §3.7.1).</summary>
public sealed class IpFieldTests
{
    [Theory]
    [InlineData("10.0.0.2")]
    [InlineData("2001:db8::2")]
    [Requirement("MUST-48", "SHLD-21", "SHLD-22", "MUST-49")]
    public void Diffserv_and_TTL_are_as_the_program_says_and_may_change(string to)
    {
        var pair = new Pair();
        var settings = TcpSettings.Default with { Options = ConnectionOptions.Default with { DiffServ = 46, TimeToLive = 7 } };
        (HostConnection client, _) = pair.Open(pair.Listen(80), to, settings);
        Assert.All(pair.Sent.Where(packet => packet.From == pair.Client), static packet => Assert.Equal((46, 7), Fields(packet.Octets)));
        pair.Sent.Clear();
        client.Options = client.Options with { DiffServ = 63, TimeToLive = 255 };
        client.Send([1], pair.Now);
        pair.Run(TimeSpan.Zero);
        Assert.Equal((63, 255), Fields(pair.Sent[0].Octets));
        Assert.Equal(64, ConnectionOptions.Default.TimeToLive);
    }

    [Fact]
    [Requirement("MUST-50")]
    public void IP_options_are_stepped_over()
    {
        var pair = new Pair();
        pair.Listen(80);
        byte[] plain = Forged.Segment(Pair.At("10.0.0.1", 1000), Pair.At("10.0.0.2", 80), ControlBits.Syn);
        byte[] tcp = plain[20..];

        // Record route, timestamp, an unknown one of four octets, end.
        byte[] options = [7, 7, 4, 0, 0, 0, 0, 68, 8, 5, 0, 0, 0, 0, 0, 99, 4, 1, 2, 0];
        byte[] packet = new byte[20 + options.Length + tcp.Length];
        new Ipv4Fields { Source = 0x0a000001, Destination = 0x0a000002, Protocol = IpProtocol.Tcp }.WriteTo(packet, tcp.Length, options);
        tcp.CopyTo(packet.AsSpan(20 + options.Length));
        Assert.Equal(DropReason.None, pair.Forge(pair.Server, packet));
        Assert.Equal(ControlBits.Syn | ControlBits.Ack, Forged.Read(Assert.Single(pair.Sent).Octets).Bits);
    }

    [Fact]
    [Requirement("MUST-50")]
    public void So_are_the_extension_headers_of_IPv6()
    {
        var pair = new Pair();
        pair.Listen(80);
        byte[] plain = Forged.Segment(Pair.At("2001:db8::1", 1000), Pair.At("2001:db8::2", 80), ControlBits.Syn);
        byte[] options = [(byte)IpProtocol.Tcp, 0, 30, 4, 1, 2, 3, 4];
        byte[] packet = [.. plain[..40], .. options, .. plain[40..]];
        packet[6] = (byte)IpProtocol.DestinationOptions;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
        Assert.Equal(DropReason.None, pair.Forge(pair.Server, packet));
        Assert.Single(pair.Sent);
    }

    [Theory]
    [InlineData("10.0.0.2", 536, 1460)]
    [InlineData("2001:db8::2", 1220, 1440)]
    [Requirement("MUST-15", "MUST-67", "MUST-14")]
    public void Each_family_has_its_own_sizes(string to, int withoutOption, int advertised)
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        string from = to.Contains('.', StringComparison.Ordinal) ? "10.0.0.1" : "2001:db8::1";
        pair.Forge(pair.Server, Forged.Segment(Pair.At(from, 1000), Pair.At(to, 80), ControlBits.Syn, sequence: 500));
        TcpSegment answer = Forged.Read(Assert.Single(pair.Sent).Octets);
        Assert.Equal(advertised, answer.Options.MaximumSegmentSize);
        pair.Forge(pair.Server, Forged.Segment(Pair.At(from, 1000), Pair.At(to, 80), ControlBits.Ack, 501, answer.Sequence.Value + 1));
        Assert.True(listener.TryAccept(out HostConnection? server));
        pair.Sent.Clear();
        server!.Send(new byte[5000], pair.Now);
        pair.Run(TimeSpan.Zero);
        Assert.Equal(withoutOption, Forged.Read(pair.Sent[0].Octets).Payload.Length);
    }

    private static (int DiffServ, int TimeToLive) Fields(byte[] packet) => packet[0] >> 4 == 4
        ? (packet[1] >> 2, packet[8])
        : (((packet[0] & 15) << 2) | (packet[1] >> 6), packet[7]);
}
