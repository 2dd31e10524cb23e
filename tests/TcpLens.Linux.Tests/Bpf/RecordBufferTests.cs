namespace TcpLens.Linux.Tests;

public sealed class RecordBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(10)]
    public void Records_come_out_whole_wherever_the_reads_ended(int readLength)
    {
        byte[] stream = [.. Enumerable.Range(0, 40).Select(i => (byte)i)];
        RecordBuffer buffer = new(recordLength: 4, capacity: 10);
        List<byte> seen = [];
        int at = 0;
        while (true)
        {
            while (buffer.TryTake(out ReadOnlySpan<byte> record))
            {
                Assert.Equal(4, record.Length);
                seen.AddRange(record);
            }

            if (at == stream.Length)
            {
                break;
            }

            int length = Math.Min(Math.Min(readLength, buffer.Free.Length), stream.Length - at);
            Assert.True(length > 0, "a buffer that asks for more has room for more");
            stream.AsSpan(at, length).CopyTo(buffer.Free);
            buffer.Filled(length);
            at += length;
        }

        Assert.Equal(stream, seen);
    }
}
