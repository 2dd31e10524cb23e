using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>The checksum (RFC 9293 §3.1), over both families.</summary>
public sealed class ChecksumTests
{
    [Theory]
    [InlineData("10.0.0.2")]
    [InlineData("2001:db8::2")]
    [Requirement("MUST-2")]
    public void Every_segment_leaves_with_a_sum_that_another_computation_agrees_with(string to)
    {
        var pair = new Pair();
        (HostConnection client, HostConnection server) = pair.Open(pair.Listen(80), to);
        client.Options = client.Options with { NoDelay = true };
        for (int length = 1; length < 70; length++)
        {
            client.Send(new byte[length], pair.Now);
            pair.Run(pair.Delay * 4);
        }

        server.Abort(pair.Now);
        pair.Run(pair.Delay * 4);
        Assert.True(pair.Sent.Count > 70);
        Assert.All(pair.Sent, static packet => Assert.Equal(0, Complement(packet.Octets)));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("2001:db8::1", "2001:db8::2")]
    [Requirement("MUST-3")]
    public void A_segment_with_any_bit_of_it_wrong_is_dropped_in_silence(string from, string to)
    {
        var pair = new Pair();
        pair.Listen(80);
        byte[] syn = Forged.Segment(Pair.At(from, 1000), Pair.At(to, 80), ControlBits.Syn, options: Forged.SynOptions(1460), payload: [1, 2, 3]);
        int ip = from.Contains('.', StringComparison.Ordinal) ? 20 : 40;
        for (int bit = ip * 8; bit < syn.Length * 8; bit++)
        {
            byte[] wrong = [.. syn];
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            DropReason reason = pair.Forge(pair.Server, wrong);
            Assert.True(reason is DropReason.BadChecksum or DropReason.Malformed, $"bit {bit}: {reason}");
        }

        Assert.Empty(pair.Sent);
        Assert.True(pair.Server.Counters[TcpCounter.InCsumErrors] > 100);
        Assert.Equal(DropReason.None, pair.Forge(pair.Server, syn));
        Assert.Single(pair.Sent);
    }

    /// <summary>The sum as the RFC writes it down: 16-bit words, one by one. 0 when it is right.</summary>
    private static int Complement(byte[] packet)
    {
        bool isV4 = packet[0] >> 4 == 4;
        byte[] addresses = isV4 ? packet[12..20] : packet[8..40], tcp = packet[(isV4 ? 20 : 40)..];
        byte[] all = [.. addresses, 0, 6, (byte)(tcp.Length >> 8), (byte)tcp.Length, .. tcp, .. new byte[tcp.Length % 2]];
        int sum = 0;
        for (int i = 0; i < all.Length; i += 2)
        {
            sum += (all[i] << 8) | all[i + 1];
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return ~sum & 0xffff;
    }
}
