namespace TcpLens.Protocol.Tests;

public sealed class InternetChecksumTests
{
    [Fact]
    public void The_example_of_RFC_1071() => Assert.Equal(0xddf2, InternetChecksum.Sum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]));

    [Fact]
    public void Every_length_and_place_sums_as_word_by_word()
    {
        byte[] octets = new byte[400];
        new Random(1).NextBytes(octets);
        for (int start = 0; start < 40; start++)
        {
            for (int length = 0; length <= octets.Length - start; length++)
            {
                ReadOnlySpan<byte> part = octets.AsSpan(start, length);
                Assert.Equal(WordByWord(part), InternetChecksum.Sum(part));
            }
        }
    }

    [Fact]
    public void No_lane_overflows_however_much_there_is()
    {
        byte[] octets = [.. Enumerable.Repeat((byte)0xff, 5_000_001)];
        Assert.Equal(WordByWord(octets), InternetChecksum.Sum(octets));
    }

    [Theory]
    [InlineData(1, 0xffff, 1)]
    [InlineData(0xffff, 0xffff, 0xffff)]
    [InlineData(0x8000, 0x8001, 2)]
    public void Two_sums_carry_round(ushort one, ushort other, ushort expected) => Assert.Equal(expected, InternetChecksum.Combine(one, other));

    [Fact]
    public void A_pseudo_header_is_addresses_protocol_and_length()
    {
        byte[] addresses = [10, 0, 0, 1, 10, 0, 0, 2];
        Assert.Equal(WordByWord([.. addresses, 0, 6, 0, 20]), InternetChecksum.SumPseudoHeader(addresses, IpProtocol.Tcp, 20));
        Assert.Equal(WordByWord([.. addresses, 0, 6, 0, 1, 0, 2]), InternetChecksum.SumPseudoHeader(addresses, IpProtocol.Tcp, 0x10002));
    }

    [Fact]
    public void A_segment_with_its_checksum_sums_to_all_ones()
    {
        byte[] addresses = [10, 0, 0, 1, 10, 0, 0, 2];
        for (int payload = 0; payload < 50; payload++)
        {
            byte[] segment = new byte[TcpHeader.MinLength + payload];
            new TcpFields { Sequence = new(99) }.WriteTo(segment, []);
            segment.AsSpan(TcpHeader.MinLength).Fill(0xa7);
            TcpFields.WriteChecksum(segment, addresses);
            ushort pseudo = InternetChecksum.SumPseudoHeader(addresses, IpProtocol.Tcp, (uint)segment.Length);
            Assert.Equal(0xffff, InternetChecksum.Combine(pseudo, InternetChecksum.Sum(segment)));
        }
    }

    private static ushort WordByWord(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (int at = 0; at < octets.Length; at += 2)
        {
            sum += (uint)(octets[at] << 8) | (at + 1 < octets.Length ? octets[at + 1] : 0u);
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
