namespace TcpLens.Capture.Tests;

/// <summary>Every capture packet by packet, against tshark's and capinfos' reading of it.</summary>
public sealed class PacketsOfTheCorpusTests
{
    /// <summary>Where tshark counts other TCP frames than we do, and why.</summary>
    private static readonly Dictionary<string, (int More, string Why)> OtherSegments = new(StringComparer.Ordinal)
    {
        ["pcapplusplus__ExamplesTest__pcap_examples__tcp-reassembly.pcap"] = (-1, "frame 46 has a data offset beyond its end: malformed, and dropped by any receiver"),
        ["suricata__bug-76__input.pcap"] = (-1, "frame 46 has a data offset beyond its end: malformed, and dropped by any receiver"),
        ["tcpdump__sflow_expanded.pcap"] = (-1, "a sample of a packet inside of an sFlow report is no packet of this link"),
        ["tcpdump__bigtcp-ipv6-geneve-ipv6.pcap"] = (1, "an IPv6 packet above 64 KiB (BIG TCP): tshark 4.0 gives it up"),
    };

    /// <summary>A fraction of more than a second: it is carried over, and tshark's 32 bits overflow.</summary>
    private static readonly (string Capture, long Frame)[] OtherTimes =
        [("tcpdump__timestamp_invalid_micro.pcap", 3), ("tcpdump__timestamp_invalid_nano.pcap", 3)];

    private sealed record SeenPacket(long Frame, long Nanoseconds, uint Length, int Captured);

    [Fact]
    public void Frames_times_and_lengths_are_those_of_tshark()
    {
        List<string> differences = [];
        int captures = 0;
        foreach (IGrouping<string, Dictionary<string, string>> rows in CaptureCorpus.Rows("oracle-packets.tsv").Where(IsPacket).GroupBy(row => row["capture"]))
        {
            captures++;
            List<SeenPacket> seen = PacketsOf(rows.Key, out _);
            List<SeenPacket> expected = [.. rows.Select((row, at) => new SeenPacket(at + 1, Nanoseconds(row["time_epoch"]), uint.Parse(row["len"]), int.Parse(row["cap_len"])))];
            differences.AddRange(expected.Except(seen).Where(packet => !OtherTimes.Contains((rows.Key, packet.Frame))).Select(packet => $"{rows.Key}: not as expected: {packet}"));
            if (seen.Count != expected.Count)
            {
                differences.Add($"{rows.Key}: {seen.Count} packets, {expected.Count} expected");
            }
        }

        Assert.True(captures > 100, $"only {captures} captures were looked at");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Packets_octets_and_times_are_those_of_capinfos()
    {
        List<string> differences = [];
        foreach (Dictionary<string, string> row in CaptureCorpus.Rows("oracle-capinfos.tsv").Where(row => row["packets"].Length > 0))
        {
            List<SeenPacket> seen = PacketsOf(row["capture"], out CaptureTally tally);
            (long, long) expected = (long.Parse(row["packets"]), long.Parse(row["data_bytes"]));
            if ((tally.Packets, tally.Octets) != expected)
            {
                differences.Add($"{row["capture"]}: {tally.Packets} packets and {tally.Octets} octets, {expected} expected");
            }

            // Packets without a time are none of capinfos' first and last.
            bool IsTimed(SeenPacket packet) => packet.Nanoseconds != 0 || row["first_ts"] == "0.000000";
            List<SeenPacket> timed = [.. seen.Where(IsTimed)];
            bool hasTimes = row["first_ts"].Contains('.', StringComparison.Ordinal) && !OtherTimes.Any(other => other.Capture == row["capture"]);
            if (hasTimes && Times(timed) != (Nanoseconds(row["first_ts"]), Nanoseconds(row["last_ts"])))
            {
                differences.Add($"{row["capture"]}: times {Times(timed)}, {row["first_ts"]} to {row["last_ts"]} expected");
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
            long expected = long.Parse(row["tcp_frames"]) + OtherSegments.GetValueOrDefault(row["capture"]).More;
            if (tally.TcpSegments != expected)
            {
                differences.Add($"{row["capture"]}: {tally.TcpSegments} segments, {expected} expected");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    // tshark also numbers pcapng blocks that are no packets, by blocks of its own kinds.
    private static bool IsPacket(Dictionary<string, string> row) => row["encap_type"].Length > 0 || row["protocols"] != "data";

    private static (long First, long Last) Times(List<SeenPacket> packets)
        => packets.Count == 0 ? (0, 0) : (packets.Min(packet => packet.Nanoseconds), packets.Max(packet => packet.Nanoseconds));

    private static List<SeenPacket> PacketsOf(string capture, out CaptureTally tally)
    {
        List<SeenPacket> packets = [];
        bool Keep(in PacketStamp stamp, ReadOnlySpan<byte> captured)
        {
            packets.Add(new(stamp.Frame, stamp.TimeNanoseconds, stamp.Length, captured.Length));
            return true;
        }

        using var reader = new CaptureReader(File.OpenRead(CaptureCorpus.Path(capture)), new() { Accepts = Keep });
        tally = ReadCapture.Of(reader).Tally;
        return packets;
    }

    // Packets without a time (pcapng's simple ones) have 0 here; a short fraction is of microseconds.
    private static long Nanoseconds(string epoch)
    {
        string[] parts = epoch.Split('.');
        return epoch.Length == 0 ? 0 : (long.Parse(parts[0]) * 1_000_000_000L) + long.Parse(parts[1].PadRight(9, '0'));
    }
}
