using TcpLens.Capture;
using TcpLens.Testing;

namespace TcpLens.Simulation.Tests;

/// <summary>A capture of a link is a file that others read as they read any, and the connection in it is the one that was simulated.</summary>
public sealed class LinkCaptureTests
{
    [Fact]
    public void Our_own_reader_finds_every_packet_with_its_time_and_a_good_checksum()
    {
        using var file = new MemoryStream();
        (Pair pair, long packets) = Record(file);

        file.Position = 0;
        using var reader = new CaptureReader(file, new());
        var batch = new PacketBatch();
        long octets = 0, segments = 0;
        while (reader.TryRead(batch))
        {
            foreach (ref readonly CapturedSegment segment in batch.Segments)
            {
                segments++;
                octets += segment.PayloadLength;
                Assert.Equal(ChecksumVerdict.Good, segment.Checksum);
            }
        }

        Assert.Empty(reader.Damage);
        Assert.Equal((packets, packets), (reader.Tally.Packets, segments));
        Assert.Equal(pair.NearConnection.Status.OctetsSent + pair.FarConnection.Status.OctetsSent, octets);
        Assert.Equal(0, reader.Tally.First!.Value.Nanoseconds);
    }

    /// <summary>What the end beside the capture sent is in it, also what was lost behind it; of what came to it only what arrived.</summary>
    [Fact]
    public void An_end_sees_what_it_sent_and_what_arrived()
    {
        var pair = new Pair(weather: new() { Loss = 0.2 }, client: Pair.Sends(50_000), server: Pair.Sends(50_000));
        using LinkCapture near = pair.Link.Capture(LinkEnd.First, Stream.Null);
        using LinkCapture far = pair.Link.Capture(LinkEnd.Second, Stream.Null);
        pair.Open().RunToEnd();

        pair.World.Run(TimeSpan.FromMinutes(1));   // What was on its way arrives.

        LinkCounters forth = pair.Link.Forth.Counters, back = pair.Link.Back.Counters;
        Assert.Equal(forth.Sent + back[PacketFate.Delivered], near.Packets);
        Assert.Equal(back.Sent + forth[PacketFate.Delivered], far.Packets);
    }

    [Fact]
    public void Wireshark_reads_it_and_finds_one_connection_with_nothing_wrong()
    {
        string path = Path.Combine(Path.GetTempPath(), $"tcplens-{Environment.ProcessId}-{nameof(LinkCaptureTests)}.pcapng");
        try
        {
            long packets;
            using (FileStream file = File.Create(path))
            {
                (_, packets) = Record(file);
            }

            string[] lines = CommandRun.Run(
                "tshark", "-n", "-r", path, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
                "-T", "fields", "-e", "tcp.stream", "-e", "tcp.checksum.status", "-e", "ip.checksum.status").EnsureSuccess().Lines;
            Assert.Equal(packets, lines.Length);
            Assert.All(lines, static line => Assert.Equal("0\t1\t1", line));   // Stream 0; 1: good.
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (Pair Pair, long Packets) Record(Stream file)
    {
        var pair = new Pair(weather: new() { Delay = TimeSpan.FromMilliseconds(20), Loss = 0.02 }, client: Pair.Sends(200_000), server: Pair.Sends(100_000));
        using LinkCapture capture = pair.Link.Capture(LinkEnd.First, file);
        pair.Link.Back.Weather = pair.Link.Back.Weather with { Loss = 0 };   // Then everything that the far end sent is in the file too.
        pair.Open().RunToEnd();
        return (pair, capture.Packets);
    }
}
