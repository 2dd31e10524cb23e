namespace TcpLens.Protocol.Tests;

public sealed class TcpOptionsTests
{
    [Fact]
    public void Options_are_read_as_they_were_written()
    {
        var writer = new TcpOptionsWriter(new byte[40]);
        Assert.True(writer.TryAddMaximumSegmentSize(1460));
        Assert.True(writer.TryAddSackPermitted());
        Assert.True(writer.TryAddTimestamps(1, 2));
        Assert.True(writer.TryAddWindowScale(new(9)));
        Assert.True(writer.TryAddSack((new(3), new(4))));
        Assert.Equal(32, writer.Padded.Length);
        List<(TcpOptionKind Kind, byte[] Value)> options = Walk(writer.Padded, out bool isMalformed);
        Assert.False(isMalformed);
        Assert.Equal(
            [TcpOptionKind.MaximumSegmentSize, TcpOptionKind.SackPermitted, TcpOptionKind.Timestamps, TcpOptionKind.WindowScale, TcpOptionKind.Sack],
            options.Select(option => option.Kind));
        Assert.Equal([5, 180], options[0].Value);
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 2], options[2].Value);
        Assert.Equal([9], options[3].Value);
        Assert.Equal([0, 0, 0, 3, 0, 0, 0, 4], options[4].Value);
    }

    [Fact]
    public void What_does_not_fit_is_not_written()
    {
        var writer = new TcpOptionsWriter(new byte[100]);
        (SeqNum, SeqNum) block = (new(1), new(2));
        Assert.True(writer.TryAddSack(block, block, block, block));
        Assert.False(writer.TryAddTimestamps(1, 2));
        Assert.True(writer.TryAddMaximumSegmentSize(1460));
        Assert.Equal((38, 40), (writer.Length, writer.Padded.Length));
    }

    [Theory]
    [InlineData(new byte[] { 1, 1, 2, 4, 5, 180, 0, 9, 9, 9 }, 1, false)]
    [InlineData(new byte[] { 2 }, 0, true)]
    [InlineData(new byte[] { 2, 0 }, 0, true)]
    [InlineData(new byte[] { 2, 1 }, 0, true)]
    [InlineData(new byte[] { 2, 4, 5 }, 0, true)]
    [InlineData(new byte[] { 4, 2, 3, 3, 7, 8, 40 }, 2, true)]
    [InlineData(new byte[] { }, 0, false)]
    public void The_walk_ends_at_the_end_or_at_a_fault(byte[] octets, int expected, bool expectedMalformed)
    {
        Assert.Equal(expected, Walk(octets, out bool isMalformed).Count);
        Assert.Equal(expectedMalformed, isMalformed);
    }

    [Fact]
    public void Every_octet_sequence_of_three_is_walked_to_an_end()
    {
        for (int value = 0; value < 1 << 18; value++)
        {
            Walk([(byte)(value & 63), (byte)((value >> 6) & 63), (byte)(value >> 12)], out _);
        }
    }

    private static List<(TcpOptionKind Kind, byte[] Value)> Walk(ReadOnlySpan<byte> octets, out bool isMalformed)
    {
        List<(TcpOptionKind, byte[])> found = [];
        var options = new TcpOptions(octets);
        while (options.MoveNext())
        {
            found.Add((options.Current.Kind, options.Current.Value.ToArray()));
        }

        isMalformed = options.IsMalformed;
        return found;
    }
}
