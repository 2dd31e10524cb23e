using System.Globalization;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>Packets, flags, closed windows and octets of both ends, as tshark and Arkime count them.</summary>
public sealed class SequenceCountsTests
{
    [Fact]
    public void Both_ends_of_every_connection_have_the_packets_flags_and_octets_that_tshark_counts()
    {
        Dictionary<(string, long), (EndAccount First, EndAccount Other)> ours = OursByFirstPacket();
        var comparison = new Comparison("packets, flags and octets of tshark");
        foreach (Dictionary<string, string> stream in CaptureCorpus.Rows("oracle-tshark-streams.tsv"))
        {
            string place = $"{stream["capture"]} from packet {stream["first_frame"]}";
            (EndAccount First, EndAccount Other)? ends = ours.TryGetValue((stream["capture"], Number(stream["first_frame"])), out var found) ? found : null;
            comparison.Add($"{place}, who sent it", TsharkCounts(stream, "_a"), EndCounts.Of(ends?.First));
            comparison.Add($"{place}, the other end", TsharkCounts(stream, "_b"), EndCounts.Of(ends?.Other));
        }

        comparison.Hold(0.99);
    }

    [Fact]
    public void Between_two_endpoints_there_are_the_packets_and_flags_that_Arkime_counts()
        => BesideArkime(SessionCounts.WithoutOctets).Hold(0.98);

    /// <summary>
    /// Arkime counts octets of a stream that it could put together, each once: none where it saw no beginning, and of those sent
    /// twice one. So its count is ours of the segments, or ours of the stream, or 0.
    /// </summary>
    [Fact]
    public void Octets_between_two_endpoints_are_those_of_Arkime_by_segments_or_by_the_stream()
    {
        var comparison = new Comparison("octets of Arkime");
        foreach ((Pair pair, SessionCounts theirs, SessionCounts ours) in ArkimePairs())
        {
            foreach (bool isOne in (bool[])[true, false])
            {
                long expected = isOne ? theirs.OctetsOfOne : theirs.OctetsOfOther;
                long payload = isOne ? ours.OctetsOfOne : ours.OctetsOfOther;
                long stream = isOne ? ours.StreamOfOne : ours.StreamOfOther;
                long nearest = expected == stream || (expected == 0 && !ours.HasSyn) ? expected : payload;
                comparison.Add($"{pair}, {(isOne ? "one" : "other")}", expected, nearest);
            }
        }

        comparison.Hold(0.97);
    }

    private static Comparison BesideArkime(Func<SessionCounts, SessionCounts> compared)
    {
        var comparison = new Comparison("packets and flags of Arkime");
        foreach ((Pair pair, SessionCounts theirs, SessionCounts ours) in ArkimePairs())
        {
            comparison.Add(pair.ToString(), compared(theirs), compared(ours));
        }

        return comparison;
    }

    private static IEnumerable<(Pair Pair, SessionCounts Theirs, SessionCounts Ours)> ArkimePairs()
    {
        var theirs = new Dictionary<Pair, SessionCounts>();
        foreach (Dictionary<string, string> row in CaptureCorpus.Rows("oracle-arkime-sessions.tsv"))
        {
            Pair pair = Pair.Of(row["capture"], EndpointOf(row["src"], row["sport"]), EndpointOf(row["dst"], row["dport"]), out bool isSwapped);
            theirs[pair] = theirs.GetValueOrDefault(pair) + SessionCounts.OfArkime(row, isSwapped);
        }

        var ours = new Dictionary<Pair, SessionCounts>();
        foreach (string capture in theirs.Keys.Select(pair => pair.Capture).Distinct())
        {
            foreach (ConnectionRecord record in CaptureAnalysis.Of(capture).Connections)
            {
                Pair pair = Pair.Of(capture, record.Originator, record.Responder, out bool isSwapped);
                ours[pair] = ours.GetValueOrDefault(pair) + SessionCounts.OfRecord(record, isSwapped);
            }
        }

        return theirs.Select(entry => (entry.Key, entry.Value, ours.GetValueOrDefault(entry.Key)));
    }

    private static Dictionary<(string, long), (EndAccount First, EndAccount Other)> OursByFirstPacket()
    {
        var ends = new Dictionary<(string, long), (EndAccount, EndAccount)>();
        foreach (string capture in CaptureCorpus.Names)
        {
            CaptureAnalysis analysis = CaptureAnalysis.Of(capture);
            foreach (SeenSegment first in analysis.Segments.DistinctBy(seen => seen.Verdict.Connection))
            {
                ConnectionRecord record = analysis.Connections[(int)first.Verdict.Connection - 1];
                ends[(capture, first.Segment.Frame)] = (record.From(first.Verdict.Sender), record.From(first.Verdict.Sender.Other));
            }
        }

        return ends;
    }

    private static EndCounts TsharkCounts(Dictionary<string, string> stream, string end) => new(
        Number(stream["frames" + end]),
        Number(stream["bytes" + end]),
        Number(stream["syn" + end]),
        Number(stream["synack" + end]),
        Number(stream["fin" + end]),
        Number(stream["rst" + end]),
        Number(stream["urg" + end]),
        Number(stream["zero_win_field" + end]));

    private static Endpoint EndpointOf(string address, string port)
        => new(HostAddress.Parse(address) ?? throw new FormatException(address), ushort.Parse(port, CultureInfo.InvariantCulture));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>What is counted of one end of a connection.</summary>
    private sealed record EndCounts(long Packets, long Octets, long Syns, long SynAcks, long Fins, long Resets, long Urgent, long ZeroWindows)
    {
        public static EndCounts? Of(EndAccount? end) => end is null
            ? null
            : new(end.Packets, end.PayloadOctets, end.Syns, end.SynAcks, end.Fins, end.Resets, end.UrgentSegments, end.ZeroWindowFields);
    }

    /// <summary>Two endpoints of a capture, whoever opened what was between them.</summary>
    private sealed record Pair(string Capture, Endpoint One, Endpoint Other)
    {
        public static Pair Of(string capture, Endpoint one, Endpoint other, out bool isSwapped)
        {
            isSwapped = (one.Address.Bits, one.Port).CompareTo((other.Address.Bits, other.Port)) > 0;
            return isSwapped ? new(capture, other, one) : new(capture, one, other);
        }
    }
}
