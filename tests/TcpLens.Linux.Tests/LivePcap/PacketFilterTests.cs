namespace TcpLens.Linux.Tests.LivePcap;

public sealed class PacketFilterTests
{
    private const int RawIp = 101;

    /// <summary>10.0.0.1:43248 to 10.0.0.2:443, a SYN, in an Ethernet frame.</summary>
    private static readonly byte[] Syn =
    [
        2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
        0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
        0xa8, 0xf0, 1, 187, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 4, 0, 0, 0, 0, 0,
    ];

    [Theory]
    [InlineData("", true)]
    [InlineData("tcp dst port 443", true)]
    [InlineData("tcp src port 443", false)]
    [InlineData("host 10.0.0.2 and tcp[tcpflags] & tcp-syn != 0", true)]
    [InlineData("udp", false)]
    [InlineData("greater 1000", false)]
    public void A_packet_in_memory_is_judged_as_tcpdump_would(string text, bool matches)
    {
        using PacketFilter filter = PacketFilter.Compile(text, PacketFilter.Ethernet);

        Assert.Equal(matches, filter.Matches(Syn, Syn.Length));
    }

    [Fact]
    public void A_filter_is_for_one_link()
    {
        using PacketFilter filter = PacketFilter.Compile("tcp dst port 443", RawIp);

        Assert.True(filter.Matches(Syn.AsSpan(14), Syn.Length - 14));
        Assert.False(filter.Matches(Syn, Syn.Length));
    }

    [Fact]
    public void The_length_on_the_wire_counts_and_what_was_not_captured_does_not_match()
    {
        using PacketFilter large = PacketFilter.Compile("greater 1000", PacketFilter.Ethernet);
        using PacketFilter port = PacketFilter.Compile("tcp dst port 443", PacketFilter.Ethernet);

        Assert.True(large.Matches(Syn, originalLength: 1500));
        for (int length = 0; length < 38; length++)
        {
            Assert.False(port.Matches(Syn.AsSpan(0, length), Syn.Length));
        }
    }

    [Fact]
    public void What_is_no_filter_is_refused_with_libpcaps_reason()
    {
        FilterSyntaxException failure = Assert.Throws<FilterSyntaxException>(() => PacketFilter.Compile("tcp prot 80", PacketFilter.Ethernet));

        Assert.Equal("tcp prot 80", failure.Filter);
        Assert.Contains("syntax error", failure.Reason);
    }

    [Fact]
    public void After_its_end_it_is_not_used()
    {
        PacketFilter filter = PacketFilter.Compile("tcp", PacketFilter.Ethernet);
        filter.Dispose();
        filter.Dispose();

        Assert.Throws<ObjectDisposedException>(() => filter.Matches(Syn, Syn.Length));
    }
}
