using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

public sealed class HeaderCutTests
{
    public static TheoryData<string, byte[], int> Packets
    {
        get
        {
            byte[] tcp = BuiltPacket.Tcp(BuiltPacket.Payload(100), BuiltPacket.Addresses4);
            int headers = 20 + tcp.Length - 100;
            byte[] ip = BuiltPacket.Ipv4(tcp);
            return new()
            {
                { "plain", BuiltPacket.Ethernet(ip), 14 + headers },
                { "VLAN", BuiltPacket.Ethernet(BuiltPacket.Vlan(ip, 5, EtherType.Ipv4), EtherType.Vlan), 18 + headers },
                { "IPv6", BuiltPacket.Ethernet(BuiltPacket.Ipv6(BuiltPacket.Tcp(BuiltPacket.Payload(100), BuiltPacket.Addresses6)), EtherType.Ipv6), 34 + headers },
                { "UDP", BuiltPacket.Ethernet(BuiltPacket.Ipv4(BuiltPacket.Udp(BuiltPacket.Payload(100), 53), IpProtocol.Udp)), 14 + 20 + 8 },
                { "VXLAN", BuiltPacket.Ethernet(BuiltPacket.Ipv4(BuiltPacket.Udp([8, 0, 0, 0, 0, 0, 7, 0, .. BuiltPacket.Ethernet(ip)], 4789), IpProtocol.Udp)), 14 + 20 + 8 + 8 + 14 + headers },
                { "a later fragment", BuiltPacket.Ethernet(BuiltPacket.Ipv4(tcp, offset: 800)), 34 },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Packets))]
    public void It_ends_where_the_payload_begins(string what, byte[] packet, int headers)
        => Assert.Equal((what, headers), (what, HeaderCut.LengthOf(packet, LinkType.Ethernet)));

    [Theory]
    [MemberData(nameof(Packets))]
    public void A_packet_cut_anywhere_is_never_too_short_for_it(string what, byte[] packet, int headers)
    {
        for (int length = 0; length <= packet.Length; length++)
        {
            Assert.True(HeaderCut.LengthOf(packet.AsSpan(0, length), LinkType.Ethernet) <= Math.Min(length, headers), what);
        }
    }

    [Fact]
    public void Random_octets_are_cut_somewhere()
    {
        var random = new Random(7);
        foreach (LinkType link in new[] { LinkType.Ethernet, LinkType.LinuxCooked, LinkType.LinuxCooked2, LinkType.Raw, LinkType.Ppp })
        {
            for (int i = 0; i < 20_000; i++)
            {
                byte[] packet = new byte[random.Next(0, 120)];
                random.NextBytes(packet);
                if (packet.Length > 20)
                {
                    (packet[12], packet[13]) = i % 2 == 0 ? ((byte)0x08, (byte)0x00) : ((byte)0x86, (byte)0xdd);
                }

                Assert.InRange(HeaderCut.LengthOf(packet, link), 0, packet.Length);
            }
        }
    }

    /// <summary>Over all captures: what is left of a packet tells its segment as before, and has no octet of its payload.</summary>
    [Fact]
    public void Of_real_packets_the_same_segments_are_left_without_payload()
    {
        long segments = 0, same = 0;
        foreach (string capture in CaptureCorpus.Names)
        {
            var whole = new PacketBatch();
            var cut = new PacketBatch();
            var options = new ReaderOptions { VerifiesChecksums = false };
            PacketDecoder one = new(options, new()), other = new(options, new());
            using var reader = new CaptureReader(File.OpenRead(CaptureCorpus.Path(capture)), new ReaderOptions
            {
                Accepts = (in stamp, captured) =>
                {
                    (int before, int beforeCut) = (whole.Count, cut.Count);
                    if (!one.TryAdd(whole, captured, in stamp) || !other.TryAdd(cut, captured[..HeaderCut.LengthOf(captured, stamp.LinkType)], in stamp))
                    {
                        whole.Clear();
                        cut.Clear();
                        return false;
                    }

                    if (whole.Count > before && whole.Segments[before].Kind == SegmentKind.Tcp)
                    {
                        segments++;
                        same += cut.Count > beforeCut && IsSame(in whole.Segments[before], in cut.Segments[beforeCut]) ? 1 : 0;
                    }

                    return false;
                },
            });
            var batch = new PacketBatch();
            while (reader.TryRead(batch))
            {
            }
        }

        Assert.True(segments > 30_000, $"{segments} segments");
        Assert.True(same >= segments * 0.98, $"{same} of {segments}");
    }

    private static bool IsSame(in CapturedSegment whole, in CapturedSegment cut)
        => cut.CapturedPayload <= 0 && whole.Sequence == cut.Sequence && whole.Acknowledgment == cut.Acknowledgment && whole.Bits == cut.Bits
            && whole.PayloadLength == cut.PayloadLength && whole.Source == cut.Source && whole.SourcePort == cut.SourcePort && whole.Options == cut.Options;
}
