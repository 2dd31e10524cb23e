namespace TcpLens.Capture.Tests;

/// <summary>Every capture packet by packet, against tshark's and capinfos' reading of it.</summary>
public sealed class PacketsOfTheCorpusTests
{
    private sealed record SeenPacket(long Frame, long Nanoseconds, uint Length, int Captured);

    [Fact]
    public void Frames_times_and_lengths_are_those_of_tshark()
    {
        List<string> differences = [];
        foreach (IGrouping<string, Dictionary<string, string>> rows in CaptureCorpus.Rows("oracle-packets.tsv").Where(IsPacket).GroupBy(row => row["capture"]))
        {
            List<SeenPacket> seen = PacketsOf(rows.Key, out _);
            List<SeenPacket> expected = [.. rows.Select((row, at) => new SeenPacket(at + 1, Nanoseconds(row["time_epoch"]), uint.Parse(row["len"]), int.Parse(row["cap_len"])))];
            differences.AddRange(expected.Except(seen).Select(packet => $"{rows.Key}: not as expected: {packet}"));
            if (seen.Count != expected.Count)
            {
                differences.Add($"{rows.Key}: {seen.Count} packets, {expected.Count} expected");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void As_many_tcp_frames_as_tshark_finds()
    {
        List<string> differences = [];
        foreach (Dictionary<string, string> row in CaptureCorpus.Rows("oracle-tshark-files.tsv").Where(row => row["tcp_frames"].Length > 0))
        {
            PacketsOf(row["capture"], out CaptureTally tally);
            long expected = long.Parse(row["tcp_frames"]);
            if (tally.TcpSegments != expected)
            {
                differences.Add($"{row["capture"]}: {tally.TcpSegments} segments, {expected} expected");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    // tshark also numbers pcapng blocks that are no packets, by blocks of its own kinds.
    private static bool IsPacket(Dictionary<string, string> row) => row["encap_type"].Length > 0 || row["protocols"] != "data";

    private static List<SeenPacket> PacketsOf(string capture, out CaptureTally tally)
    {
        List<SeenPacket> packets = [];
        bool Keep(in PacketStamp stamp, ReadOnlySpan<byte> captured)
        {
            packets.Add(new(stamp.Frame, stamp.TimeNanoseconds, stamp.Length, captured.Length));
            return true;
        }

        using var reader = new CaptureReader(File.OpenRead(CaptureCorpus.Path(capture)), new() { Accepts = Keep });
        var batch = new PacketBatch();
        while (reader.TryRead(batch))
        {
        }

        tally = reader.Tally;
        return packets;
    }

    // Packets without a time (pcapng's simple ones) have 0 here.
    private static long Nanoseconds(string epoch)
    {
        string[] parts = epoch.Split('.');
        return epoch.Length == 0 ? 0 : (long.Parse(parts[0]) * 1_000_000_000L) + long.Parse(parts[1]);
    }
}
