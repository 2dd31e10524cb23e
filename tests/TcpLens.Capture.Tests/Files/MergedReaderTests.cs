using TcpLens.Protocol;

using static TcpLens.Capture.Tests.BuiltCapture;
using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

public sealed class MergedReaderTests
{
    [Fact]
    public void Segments_of_several_files_come_in_the_order_of_time()
    {
        ReadCapture read = Merge(File(1, 5, 9), File(2, 6), File(), File(3, 4, 7, 8));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], read.Segments.Select(segment => segment.TimeNanoseconds));
        Assert.Equal([0, 1, 3, 3, 0, 1, 3, 3, 0], read.Segments.Select(segment => segment.File));
        Assert.Equal([1, 1, 1, 2, 2, 2, 3, 4, 3], read.Segments.Select(segment => segment.Frame));
        Assert.All(read.Segments.Zip(read.Payloads), pair => Assert.Equal(Payload((int)pair.First.TimeNanoseconds), pair.Second));
        Assert.Equal((9, 1L, 9L, 4), (read.Tally.Packets, read.Tally.First!.Value.Nanoseconds, read.Tally.Last!.Value.Nanoseconds, read.Tally.Interfaces.Count));
    }

    [Fact]
    public void Times_that_go_backwards_in_one_file_stay_in_its_order()
        => Assert.Equal([1, 3, 2, 4], Merge(File(1, 3, 2), File(4)).Segments.Select(segment => segment.TimeNanoseconds));

    [Fact]
    public void More_than_a_batch_holds()
    {
        byte[] big = Ethernet(Whole4(payload: 1400));
        BuiltFrame[] frames = [.. Enumerable.Range(0, 6000).Select(at => new BuiltFrame(big, at))];
        ReadCapture read = Merge(Pcap(LinkType.Ethernet, [.. frames.Where((_, at) => at % 3 == 0)]), Pcap(LinkType.Ethernet, [.. frames.Where((_, at) => at % 3 != 0)]));
        Assert.Equal(Enumerable.Range(0, 6000).Select(at => (long)at), read.Segments.Select(segment => segment.TimeNanoseconds));
        Assert.All(read.Payloads, payload => Assert.Equal(1400, payload.Length));
    }

    private static byte[] File(params long[] times)
        => Pcap(LinkType.Ethernet, [.. times.Select(time => new BuiltFrame(Ethernet(Whole4((int)time)), time))]);

    private static ReadCapture Merge(params byte[][] files)
    {
        using var merged = new MergedReader([.. files.Select(file => new CaptureReader(new MemoryStream(file), new()))]);
        return ReadCapture.Of(merged);
    }
}
