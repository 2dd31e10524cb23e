using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>What Arkime counts of a session; sums over the sessions between two endpoints.</summary>
internal readonly record struct SessionCounts
{
    public long PacketsOfOne { get; init; }

    public long PacketsOfOther { get; init; }

    public long OctetsOfOne { get; init; }

    public long OctetsOfOther { get; init; }

    public long StreamOfOne { get; init; }

    public long StreamOfOther { get; init; }

    public long Syns { get; init; }

    public long SynAcks { get; init; }

    public long Fins { get; init; }

    public long Resets { get; init; }

    public long Urgent { get; init; }

    public long ZeroWindows { get; init; }

    public bool HasSyn => Syns > 0;

    public static SessionCounts operator +(SessionCounts left, SessionCounts right) => new()
    {
        PacketsOfOne = left.PacketsOfOne + right.PacketsOfOne,
        PacketsOfOther = left.PacketsOfOther + right.PacketsOfOther,
        OctetsOfOne = left.OctetsOfOne + right.OctetsOfOne,
        OctetsOfOther = left.OctetsOfOther + right.OctetsOfOther,
        StreamOfOne = left.StreamOfOne + right.StreamOfOne,
        StreamOfOther = left.StreamOfOther + right.StreamOfOther,
        Syns = left.Syns + right.Syns,
        SynAcks = left.SynAcks + right.SynAcks,
        Fins = left.Fins + right.Fins,
        Resets = left.Resets + right.Resets,
        Urgent = left.Urgent + right.Urgent,
        ZeroWindows = left.ZeroWindows + right.ZeroWindows,
    };

    public static SessionCounts WithoutOctets(SessionCounts counts) => counts with { OctetsOfOne = 0, OctetsOfOther = 0, StreamOfOne = 0, StreamOfOther = 0 };

    public static SessionCounts OfArkime(Dictionary<string, string> row, bool isSwapped)
    {
        (string one, string other) = isSwapped ? ("dst", "src") : ("src", "dst");
        (string payloadOfOne, string payloadOfOther) = isSwapped ? ("server_payload", "client_payload") : ("client_payload", "server_payload");
        return new()
        {
            PacketsOfOne = Number(row[one + "_pkts"]),
            PacketsOfOther = Number(row[other + "_pkts"]),
            OctetsOfOne = Number(row[payloadOfOne]),
            OctetsOfOther = Number(row[payloadOfOther]),
            Syns = Number(row["syn"]),
            SynAcks = Number(row["syn_ack"]),
            Fins = Number(row["fin"]),
            Resets = Number(row["rst"]),
            Urgent = Number(row["urg"]),
            ZeroWindows = Number(row["src_zero_win"]) + Number(row["dst_zero_win"]),
        };
    }

    public static SessionCounts OfRecord(ConnectionRecord record, bool isSwapped)
    {
        EndAccount one = isSwapped ? record.FromResponder : record.FromOriginator;
        EndAccount other = isSwapped ? record.FromOriginator : record.FromResponder;
        return new()
        {
            PacketsOfOne = one.Packets,
            PacketsOfOther = other.Packets,
            OctetsOfOne = one.PayloadOctets,
            OctetsOfOther = other.PayloadOctets,
            StreamOfOne = one.StreamOctets,
            StreamOfOther = other.StreamOctets,
            Syns = one.Syns + other.Syns,
            SynAcks = one.SynAcks + other.SynAcks,
            Fins = one.Fins + other.Fins,
            Resets = one.Resets + other.Resets,
            Urgent = one.UrgentSegments + other.UrgentSegments,
            ZeroWindows = one.ZeroWindowFields + other.ZeroWindowFields,
        };
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
