using System.Buffers.Binary;
using TcpLens.Protocol;
using static TcpLens.Capture.Tests.BuiltCapture;
using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

/// <summary>After damage reading goes on at the next record that makes sense, and what was lost is said with its place.</summary>
public sealed class DamageTests
{
    private static readonly byte[] Frame = Ethernet(Whole4());

    private static readonly int RecordLength = Frame.Length + 16;

    [Fact]
    public void Pcap_with_a_length_that_cannot_be_goes_on_at_the_next_header()
    {
        byte[] file = Pcap(LinkType.Ethernet, Frames(10));
        int damaged = 24 + (4 * RecordLength);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(damaged + 8), 3_402_160_128);
        ReadCapture read = ReadCapture.Of(file);
        Assert.Equal(9, read.Segments.Count);
        Assert.Equal(new(damaged, 4, $"a packet of 3,402,160,128 octets; {RecordLength} octets passed over"), Assert.Single(read.Damage));
    }

    [Fact]
    public void Pcap_with_a_hole_goes_on_behind_it()
    {
        byte[] file = Pcap(LinkType.Ethernet, Frames(100));
        byte[] holed = [.. file[..(24 + (20 * RecordLength) + 5)], .. new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, .. file[(24 + (30 * RecordLength) + 40)..]];
        ReadCapture read = ReadCapture.Of(holed);
        Assert.Equal(20 + 69, read.Segments.Count);
        Assert.Single(read.Damage);
    }

    [Fact]
    public void Pcapng_with_a_length_that_cannot_be_goes_on_at_the_next_block_whose_lengths_agree()
    {
        byte[] packet = Packet(0, 1, Frame);
        byte[] bad = [.. packet];
        bad[4] ^= 4;
        byte[] head = [.. Section(), .. Interface(LinkType.Ethernet)];
        ReadCapture read = ReadCapture.Of([.. head, .. packet, .. bad, .. packet]);
        Assert.Equal(2, read.Segments.Count);
        CaptureDamage damage = Assert.Single(read.Damage);
        Assert.Equal((head.Length + packet.Length, 1L), (damage.Offset, damage.Packet));
        Assert.Contains($"{packet.Length} octets passed over", damage.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Pcapng_with_a_packet_of_nobodys_interface_loses_that_packet_only()
    {
        ReadCapture read = ReadCapture.Of([.. Section(), .. Interface(LinkType.Ethernet), .. Packet(7, 1, Frame), .. Packet(0, 1, Frame)]);
        Assert.Single(read.Segments);
        Assert.Contains("interface 7", Assert.Single(read.Damage).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Snoop_goes_on_too()
    {
        byte[] record = new Writer(true).U32((uint)Frame.Length).U32((uint)Frame.Length).U32((uint)Frame.Length + 24).U32(0).U32(1).U32(2).Octets(Frame).ToArray();
        byte[] bad = [.. record];
        bad[4] = 0xff;
        byte[] file = [.. "snoop\0\0\0"u8, 0, 0, 0, 2, 0, 0, 0, 4, .. record, .. bad, .. record];
        ReadCapture read = ReadCapture.Of(file);
        Assert.Equal(2, read.Segments.Count);
        Assert.Equal(16 + record.Length, Assert.Single(read.Damage).Offset);
    }

    [Fact]
    public void A_file_that_ends_in_a_packet_gives_all_before_it()
    {
        byte[] file = Pcap(LinkType.Ethernet, Frames(3));
        ReadCapture read = ReadCapture.Of(file[..^1]);
        Assert.Equal(2, read.Segments.Count);
        Assert.Equal(new(24 + (2 * RecordLength), 2, $"the file ends within a record: {RecordLength - 1} octets of it are there"), Assert.Single(read.Damage));
    }

    [Fact]
    public void Nothing_that_makes_sense_any_more_is_said()
    {
        byte[] file = [.. Pcap(LinkType.Ethernet, Frames(3)), .. Enumerable.Repeat((byte)0xff, 10_000)];
        ReadCapture read = ReadCapture.Of(file);
        Assert.Equal(3, read.Segments.Count);
        Assert.EndsWith("nothing after it makes sense", Assert.Single(read.Damage).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_has_an_end()
    {
        byte[] head = [.. Pcap(LinkType.Ethernet, Frames(1)), .. Enumerable.Repeat((byte)0xff, 16)];
        using var file = new PrefixedStream(head, new Endless());
        ReadCapture read = ReadCapture.Of(file);
        Assert.Contains("the rest was not read", Assert.Single(read.Damage).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Damages_without_end_are_counted_and_no_longer_kept()
    {
        IEnumerable<byte> packets = Enumerable.Range(0, CaptureReader.MaxDamages + 10).SelectMany(_ => Packet(7, 1, Frame));
        ReadCapture read = ReadCapture.Of([.. Section(), .. Interface(LinkType.Ethernet), .. packets]);
        Assert.Equal((CaptureReader.MaxDamages, CaptureReader.MaxDamages + 10), (read.Damage.Count, read.Tally.Damages));
    }

    private static BuiltFrame[] Frames(int count) => [.. Enumerable.Range(0, count).Select(at => new BuiltFrame(Frame, 1_700_000_000_000_000_000 + at))];

    /// <summary>Octets of which no record can be made.</summary>
    private sealed class Endless : MemoryStream
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill(0xff);
            return buffer.Length;
        }
    }
}
