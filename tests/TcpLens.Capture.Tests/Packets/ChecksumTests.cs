using System.Buffers.Binary;
using TcpLens.Protocol;
using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

public sealed class ChecksumTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_right_checksum_is_good_for_every_length(bool isV6)
    {
        for (int length = 0; length < 200; length++)
        {
            Assert.Equal(ChecksumVerdict.Good, Judge(length, isV6, static (_, _) => { }));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_octet_changed_is_bad(bool isV6)
    {
        const int Length = 90;
        for (int at = 0; at < TcpHeader.MinLength + 12 + Length; at++)
        {
            // The data offset decides what the packet is, before any checksum.
            if (at != 12)
            {
                Assert.Equal(ChecksumVerdict.Bad, Judge(Length, isV6, (segment, _) => segment[at] ^= 0x10));
            }
        }
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void The_sum_of_the_pseudo_header_is_what_an_interface_completes(bool isV6, bool hasLength)
        => Assert.Equal(ChecksumVerdict.Offloaded, Judge(100, isV6, (segment, addresses) =>
        {
            ushort pseudo = InternetChecksum.SumPseudoHeader(addresses, IpProtocol.Tcp, hasLength ? (uint)segment.Length : 0);
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), pseudo);
        }));

    [Fact]
    public void No_checksum_at_all_was_left_to_the_interface()
        => Assert.Equal(ChecksumVerdict.Offloaded, Judge(100, isV6: false, static (segment, _) => segment.AsSpan(16, 2).Clear()));

    [Fact]
    public void Nobody_judges_what_was_cut_or_not_asked_for()
    {
        byte[] packet = Whole4(100);
        ReadCapture cut = ReadCapture.Of(BuiltCapture.Pcap(LinkType.Raw, new BuiltFrame(packet[..^1], Length: (uint)packet.Length)));
        Assert.Equal(ChecksumVerdict.Unchecked, cut.Only.Checksum);
        Assert.Equal(ChecksumVerdict.Unchecked, ReadCapture.OfPacket(LinkType.Raw, packet, new() { VerifiesChecksums = false }).Only.Checksum);
    }

    private static ChecksumVerdict Judge(int length, bool isV6, Action<byte[], byte[]> change)
    {
        byte[] addresses = isV6 ? Addresses6 : Addresses4;
        byte[] segment = Tcp(Payload(length), addresses);
        change(segment, addresses);
        ReadCapture read = ReadCapture.OfPacket(LinkType.Raw, isV6 ? Ipv6(segment) : Ipv4(segment));
        Assert.Equal(1, read.Tally[read.Only.Checksum]);
        return read.Only.Checksum;
    }
}
