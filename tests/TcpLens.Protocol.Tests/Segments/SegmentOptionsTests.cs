namespace TcpLens.Protocol.Tests;

public sealed class SegmentOptionsTests
{
    private const SegmentOptionSet OfSyn = SegmentOptionSet.MaximumSegmentSize | SegmentOptionSet.SackPermitted | SegmentOptionSet.Timestamps | SegmentOptionSet.WindowScale;

    [Theory]
    [InlineData(OfSyn, OptionOrder.Linux, "020405b4 0402 080a 00000007 00000009 01 030307")]
    [InlineData(OfSyn, OptionOrder.FreeBsd, "020405b4 01 030307 0402 080a 00000007 00000009")]
    [InlineData(OfSyn & ~SegmentOptionSet.Timestamps, OptionOrder.Linux, "020405b4 0101 0402 01 030307")]
    [InlineData(OfSyn & ~SegmentOptionSet.SackPermitted, OptionOrder.Linux, "020405b4 0101 080a 00000007 00000009 01 030307")]
    [InlineData(SegmentOptionSet.MaximumSegmentSize | SegmentOptionSet.SackPermitted, OptionOrder.FreeBsd, "020405b4 0402 0000")]
    [InlineData(SegmentOptionSet.MaximumSegmentSize, OptionOrder.Linux, "020405b4")]
    [InlineData(SegmentOptionSet.Timestamps, OptionOrder.Linux, "0101 080a 00000007 00000009")]
    [InlineData(SegmentOptionSet.None, OptionOrder.Linux, "")]
    public void Options_stand_where_stacks_in_use_put_them(SegmentOptionSet present, OptionOrder order, string expected)
    {
        Span<byte> room = stackalloc byte[40];
        int length = Sample(present).Write(room, order);
        Assert.Equal(expected.Replace(" ", ""), Convert.ToHexStringLower(room[..length]));
    }

    [Fact]
    public void What_was_written_is_read()
    {
        for (int present = 0; present < 64; present++)
        {
            SegmentOptions options = Sample((SegmentOptionSet)present & ~SegmentOptionSet.UserTimeout);
            byte[] room = new byte[40];
            int length = options.Write(room, (OptionOrder)(present % 2));
            SegmentOptions read = SegmentOptions.Read(new(room.AsSpan(0, length)));
            Assert.Equal(options.Present, read.Present);
            Assert.Equal(Convert.ToHexString(room), Convert.ToHexString(Rewritten(read, (OptionOrder)(present % 2))));
        }
    }

    [Theory]
    [InlineData("0203ff", SegmentOptionSet.None)]                       // MSS with one octet: skipped by its length
    [InlineData("03040700", SegmentOptionSet.None)]
    [InlineData("050b 0000000100000002ff", SegmentOptionSet.None)]      // SACK that is no whole block
    [InlineData("0502", SegmentOptionSet.None)]
    [InlineData("fe0400000402", SegmentOptionSet.SackPermitted)]        // an unknown kind before a known one (MUST-6)
    [InlineData("04020204", SegmentOptionSet.SackPermitted | SegmentOptionSet.Malformed)]
    [InlineData("0200", SegmentOptionSet.Malformed)]                    // MUST-7
    [InlineData("0201", SegmentOptionSet.Malformed)]
    [InlineData("0101010402", SegmentOptionSet.SackPermitted)]          // not on a word boundary (MUST-64)
    [InlineData("00020405b4", SegmentOptionSet.None)]                   // behind the end of the list
    public void Lengths_that_lie_harm_nothing(string octets, SegmentOptionSet present)
        => Assert.Equal(present, SegmentOptions.Read(new(Convert.FromHexString(octets.Replace(" ", "")))).Present);

    [Fact]
    public void Four_blocks_fit_alone_and_three_beside_timestamps()
    {
        var options = new SegmentOptions { Present = SegmentOptionSet.Sack, Sack = Blocks(4) };
        Span<byte> room = stackalloc byte[40];
        Assert.Equal(36, options.Write(room));
        options.Present |= SegmentOptionSet.Timestamps;
        int length = options.Write(room);
        Assert.Equal(40, length);
        Assert.Equal(3, SegmentOptions.Read(new(room[..length])).Sack.Count);
    }

    [Fact]
    public void A_fifth_block_is_refused()
    {
        SackBlocks blocks = Blocks(4);
        Assert.False(blocks.TryAdd(new(new(1), new(2))));
        Assert.Equal(4, blocks.Count);
    }

    private static byte[] Rewritten(in SegmentOptions options, OptionOrder order)
    {
        byte[] room = new byte[40];
        options.Write(room, order);
        return room;
    }

    private static SegmentOptions Sample(SegmentOptionSet present) => new()
    {
        Present = present,
        MaximumSegmentSize = 1460,
        WindowScale = new(7),
        TimestampValue = 7,
        TimestampEcho = 9,
        Sack = Blocks(1),
    };

    private static SackBlocks Blocks(int count)
    {
        SackBlocks blocks = default;
        for (uint i = 0; i < count; i++)
        {
            blocks.TryAdd(new(new(100 * i), new((100 * i) + 50)));
        }

        return blocks;
    }
}
