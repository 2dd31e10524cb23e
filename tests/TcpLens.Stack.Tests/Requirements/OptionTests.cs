using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Options of TCP headers, as octets (RFC 9293 §3.1 and §3.2).</summary>
public sealed class OptionTests
{
    [Fact]
    [Requirement("MUST-4", "MUST-64", "MUST-69")]
    public void Ends_no_operations_and_segment_sizes_are_understood_wherever_they_stand()
    {
        SegmentOptions options = Read([1, 2, 4, 5, 180, 0, 0, 0]);
        Assert.Equal((SegmentOptionSet.MaximumSegmentSize, (ushort)1460), (options.Present, options.MaximumSegmentSize));

        // What stands behind the end of the list is padding, whatever it is.
        options = Read([1, 1, 0, 2, 4, 5, 180, 0]);
        Assert.Equal(SegmentOptionSet.None, options.Present);
    }

    [Fact]
    [Requirement("MUST-6", "MUST-68")]
    public void A_kind_that_nobody_knows_is_passed_over_by_its_length()
    {
        SegmentOptions options = Read([77, 5, 2, 4, 9, 253, 2, 2, 4, 5, 180, 0]);
        Assert.Equal((SegmentOptionSet.MaximumSegmentSize, (ushort)1460), (options.Present, options.MaximumSegmentSize));
    }

    [Fact]
    [Requirement("MUST-7")]
    public void No_length_of_any_kind_does_harm()
    {
        byte[] octets = new byte[8];
        for (int kind = 2; kind < 256; kind++)
        {
            for (int length = 0; length < 256; length++)
            {
                (octets[0], octets[1]) = ((byte)kind, (byte)length);
                SegmentOptions options = Read(octets);
                Assert.Equal(length is < 2 or > 8, options.Has(SegmentOptionSet.Malformed));
            }
        }
    }

    [Fact]
    [Requirement("MUST-7", "MUST-5")]
    public void A_segment_whose_options_are_malformed_counts_by_what_stands_before_them()
    {
        Peer peer = Peer.Established();
        SegmentOptions options = Read([8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 3, 0]);
        Assert.True(options.Has(SegmentOptionSet.Malformed | SegmentOptionSet.Timestamps));
        peer.Give(ControlBits.Ack, length: 10, options: options);
        Assert.Equal(10, peer.Subject.Readable);
    }

    [Fact]
    [Requirement("MUST-5")]
    public void Options_count_in_any_segment()
    {
        SegmentOptions syn = Peer.Mss();
        syn.Present |= SegmentOptionSet.Timestamps;
        syn.TimestampValue = 1000;
        Peer peer = Peer.Established(options: syn);
        peer.Give(ControlBits.Ack, length: 10, options: Peer.Timestamp(2000));
        Assert.Equal(2000u, peer.Only.Options.TimestampEcho);
    }

    [Theory]
    [InlineData(OptionOrder.Linux, "2 4 5 120 1 1 4 2 1 3 3 7")]
    [InlineData(OptionOrder.FreeBsd, "2 4 5 120 1 3 3 7 4 2 0 0")]
    [Requirement("MUST-68", "MUST-69")]
    public void Lists_that_are_written_have_lengths_and_end_with_whole_words_of_padding(OptionOrder order, string octets)
    {
        SegmentOptions options = Peer.Mss(1400);
        options.Present |= SegmentOptionSet.WindowScale | SegmentOptionSet.SackPermitted;
        options.WindowScale = new(7);
        byte[] room = new byte[40];
        Array.Fill(room, (byte)0xaa);
        int length = options.Write(room, order);
        Assert.Equal(octets, string.Join(' ', room[..length]));
        Assert.Equal(options.Present, Read(room.AsSpan(0, length)).Present);
    }

    private static SegmentOptions Read(ReadOnlySpan<byte> options)
    {
        Span<byte> header = stackalloc byte[TcpHeader.MaxLength];
        int length = new TcpFields { Bits = ControlBits.Ack }.WriteTo(header, options);
        Assert.True(TcpHeader.TryParse(header[..length], out TcpHeader parsed, out _));
        return TcpSegment.Read(parsed, default).Options;
    }
}
