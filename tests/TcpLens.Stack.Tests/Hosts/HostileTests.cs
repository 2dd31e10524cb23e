using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>Whatever a packet holds, it is a value: a reason or none, never an exception, and no more memory than the limits allow.</summary>
public sealed class HostileTests
{
    private static readonly PacketOffload Verified = new(IsChecksumVerified: true);

    [Fact]
    public void Every_octet_of_a_packet_can_be_anything()
    {
        foreach (byte[] packet in Specimens())
        {
            var pair = new Pair { Keeps = false };
            pair.Listen(80);
            for (int at = 0; at < packet.Length; at++)
            {
                for (int value = 0; value < 256; value++)
                {
                    byte[] changed = [.. packet];
                    changed[at] = (byte)value;
                    pair.Forge(pair.Server, Mended(changed), Verified);
                }
            }

            pair.Run(TimeSpan.FromMinutes(5));
            Assert.Equal((0, 0), (pair.Server.HalfOpen, pair.Server.Established));
        }
    }

    [Fact]
    public void A_packet_cut_anywhere_is_malformed_or_not_believed()
    {
        foreach (byte[] packet in Specimens())
        {
            var pair = new Pair();
            pair.Listen(80);
            for (int length = 0; length < packet.Length; length++)
            {
                Assert.NotEqual(DropReason.None, pair.Forge(pair.Server, packet[..length]));
            }

            Assert.Empty(pair.Sent);
        }
    }

    [Fact]
    public void Noise_behind_a_good_beginning_does_no_harm()
    {
        var random = new Random(20_9293);
        var pair = new Pair { Keeps = false };
        HostListener listener = pair.Listen(80);
        (HostConnection client, HostConnection server) = pair.Open(listener);
        byte[][] specimens = [.. Specimens(), Forged.Segment(client.Local, client.Remote, ControlBits.Ack, client.Status.SendNext.Value, client.Status.ReceiveNext.Value)];
        for (int i = 0; i < 50_000; i++)
        {
            byte[] packet = [.. specimens[random.Next(specimens.Length)]];
            int from = random.Next(12, packet.Length);
            for (int many = random.Next(1, 8); many > 0; many--)
            {
                packet[random.Next(from, packet.Length)] = (byte)random.Next();
            }

            if (random.Next(4) == 0)
            {
                random.NextBytes(packet.AsSpan(random.Next(packet.Length)));
            }

            pair.Forge(pair.Server, Mended(packet), new((ushort)(random.Next(8) == 0 ? random.Next(65536) : 0), IsChecksumVerified: true));
            if (random.Next(100) == 0)
            {
                pair.Run(TimeSpan.FromMilliseconds(random.Next(2000)));
                while (listener.TryAccept(out HostConnection? stranger))
                {
                    stranger!.Close(pair.Now);
                }
            }
        }

        client.Abort(pair.Now);
        server.Abort(pair.Now);
        pair.Run(TimeSpan.FromHours(3));
        Assert.Equal((0, 0, 0, 0), (pair.Server.Connections, pair.Server.HalfOpen, pair.Server.Established, pair.Server.Orphans));
    }

    [Fact]
    public void Bad_sums_fragments_strange_protocols_and_mapped_addresses_are_named()
    {
        var pair = new Pair();
        pair.Listen(80);
        byte[] syn = Forged.Segment(Pair.At("10.7.7.7", 5), Pair.At("10.0.0.2", 80), ControlBits.Syn);
        byte[] changed = [.. syn];
        changed[^1] ^= 1;
        Assert.Equal(DropReason.BadChecksum, pair.Forge(pair.Server, changed));
        Assert.Equal((1, 1, 1), (pair.Server.Counters[TcpCounter.InCsumErrors], pair.Server.Counters[TcpCounter.InErrs], pair.Server.Counters[TcpCounter.InSegs]));
        changed = [.. syn];
        changed[8]--;
        Assert.Equal(DropReason.BadChecksum, pair.Forge(pair.Server, changed));
        changed = [.. syn];
        changed[6] = 0x20;
        Assert.Equal(DropReason.NotTcp, pair.Forge(pair.Server, Mended(changed)));
        changed = [.. syn];
        changed[9] = 17;
        Assert.Equal(DropReason.NotTcp, pair.Forge(pair.Server, Mended(changed)));

        foreach (string source in (string[])["224.0.0.1", "255.255.255.255", "0.0.0.0", "10.0.0.2"])
        {
            Assert.Equal(DropReason.BadAddress, pair.Forge(pair.Server, Forged.Segment(Pair.At(source, 5), Pair.At("10.0.0.2", 80), ControlBits.Syn)));
        }

        byte[] mapped = Forged.Segment(Pair.At("2001:db8::7", 5), Pair.At("2001:db8::2", 80), ControlBits.Syn);
        HostAddress.V4(0x0a070707).WriteTo(mapped.AsSpan(8));
        Assert.Equal(DropReason.BadAddress, pair.Forge(pair.Server, mapped, Verified));
        Assert.Equal(0, pair.Server.Connections);
    }

    [Fact]
    public void Options_of_ip_and_extension_headers_are_stepped_over()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        byte[] v4 = Forged.Segment(Pair.At("10.7.7.7", 5), Pair.At("10.0.0.2", 80), ControlBits.Syn);
        byte[] withOptions = [.. v4.AsSpan(0, 20), 1, 1, 1, 0, .. v4.AsSpan(20)];
        withOptions[0] = 0x46;
        BinaryPrimitives.WriteUInt16BigEndian(withOptions.AsSpan(2), (ushort)withOptions.Length);
        Assert.Equal(DropReason.None, pair.Forge(pair.Server, Mended(withOptions)));

        byte[] hopByHop = [60, 0, 1, 4, 0, 0, 0, 0], destination = [44, 0, 0, 0, 0, 0, 0, 0], atomic = [6, 0, 0, 0, 0, 0, 0, 9];
        Assert.Equal(DropReason.None, pair.Forge(pair.Server, Extended(0, [.. hopByHop, .. destination, .. atomic])));
        Assert.Equal(2, listener.HalfOpen);

        Assert.Equal(DropReason.NotTcp, pair.Forge(pair.Server, Extended(44, [6, 0, 0, 1, 0, 0, 0, 9])));
        Assert.Equal(DropReason.NotTcp, pair.Forge(pair.Server, Extended(60, [6, 0, 0xc0, 4, 0, 0, 0, 0])));
        Assert.Equal(DropReason.BadAddress, pair.Forge(pair.Server, Extended(43, [6, 0, 0, 1, 0, 0, 0, 0])));
        Assert.Equal(DropReason.Malformed, pair.Forge(pair.Server, Extended(60, [60, 99, 0, 0, 0, 0, 0, 0])));
        Assert.Equal(DropReason.Malformed, pair.Forge(pair.Server, Extended(60, [.. Enumerable.Repeat<byte[]>([60, 0, 1, 4, 0, 0, 0, 0], 8).SelectMany(x => x)])));
    }

    [Fact]
    public void Resets_for_nobody_have_a_limit_and_answer_no_reset()
    {
        var pair = new Pair(server: settings => settings with { ResetsPerSecond = 5 });
        for (ushort port = 1; port <= 100; port++)
        {
            pair.Forge(pair.Server, Forged.Segment(Pair.At("10.7.7.7", port), Pair.At("10.0.0.2", 9), ControlBits.Syn));
        }

        Assert.Equal((5, 5), (pair.Sent.Count, pair.Server.Counters[TcpCounter.OutRsts]));
        pair.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(DropReason.NoSocket, pair.Forge(pair.Server, Forged.Segment(Pair.At("10.7.7.7", 1), Pair.At("10.0.0.2", 9), ControlBits.Rst)));
        Assert.Equal(5, pair.Sent.Count);
    }

    private static IEnumerable<byte[]> Specimens()
    {
        Endpoint v4 = Pair.At("10.7.7.7", 5), v6 = Pair.At("2001:db8::7", 5), server4 = Pair.At("10.0.0.2", 80), server6 = Pair.At("2001:db8::2", 80);
        SegmentOptions options = Forged.SynOptions(1460, 7, sack: true, timestamp: 99);
        yield return Forged.Segment(v4, server4, ControlBits.Syn, options: options);
        yield return Forged.Segment(v6, server6, ControlBits.Syn, options: options, payload: [1, 2, 3]);
        yield return Forged.Segment(v4, server4, ControlBits.Ack | ControlBits.Psh, 5, 6, Forged.Timestamps(1, 2), [1, 2, 3, 4, 5]);
        yield return Extended(0, [60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]);
        byte[] quoted = Forged.Segment(server4, v4, ControlBits.Ack);
        byte[] error = Forged.Segment(v4, server4, ControlBits.Ack, payload: [.. quoted]);
        error[9] = 1;
        error[20] = 3;
        error[21] = 4;
        yield return Mended(error);
    }

    private static byte[] Extended(byte first, byte[] headers)
    {
        byte[] plain = Forged.Segment(Pair.At("2001:db8::7", 6), Pair.At("2001:db8::2", 80), ControlBits.Syn);
        byte[] packet = [.. plain.AsSpan(0, 40), .. headers, .. plain.AsSpan(40)];
        packet[6] = first;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
        return packet;
    }

    /// <summary>With a right sum over the IPv4 header and over ICMP, so that what is wrong is met where it matters.</summary>
    private static byte[] Mended(byte[] packet)
    {
        int length = (packet[0] & 15) * 4;
        if (packet[0] >> 4 != 4 || length < 20 || length > packet.Length)
        {
            return packet;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~InternetChecksum.Sum(packet.AsSpan(0, length)));
        if (packet[9] == 1 && packet.Length >= length + 8)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(length + 2), 0);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(length + 2), (ushort)~InternetChecksum.Sum(packet.AsSpan(length)));
        }

        return packet;
    }
}
